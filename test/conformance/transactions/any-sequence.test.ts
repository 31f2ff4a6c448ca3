import { type FlowRef, HeaderList, type OutRequest, responseTo, type TxOutput } from "@ringfence/sip";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FakeNetwork, perfectNetwork } from "../../support/fake-network.ts";
import { asRequest, sipRequest, sipResponse } from "../../support/sip-builder.ts";
import { TransactionEnd } from "../../support/transaction-end.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const T1 = 500;
/** Time for everything to die out: a transaction, what its end set off, and timer D. */
const LONG = 2 * 64 * T1 + 32_000;

const flows: readonly FlowRef[] = [
  { id: "udp a", reliable: false, packetSource: { address: "192.0.2.1", port: 5060 } },
  { id: "udp b", reliable: false, packetSource: { address: "192.0.2.2", port: 5060 } },
  { id: "tls c", reliable: true, packetSource: { address: "192.0.2.1", port: 40_000 } },
];
const methods = ["INVITE", "BYE", "OPTIONS", "CANCEL", "ACK"];
const statuses = [100, 180, 183, 200, 202, 302, 401, 486, 487, 603];
const modes = ["stateful", "once", "silent", new Uint8Array(3)] as const;

const index = fc.nat(1000);
const flow = fc.constantFrom(...flows);
const status = fc.constantFrom(...statuses);
const command = fc.oneof(
  fc.record({ kind: fc.constant("send"), method: fc.constantFrom("INVITE", "BYE"), flow }),
  fc.record({ kind: fc.constant("receive"), method: fc.constantFrom(...methods), branch: fc.nat(2), flow }),
  fc.record({ kind: fc.constant("respond"), index, status, mode: fc.constantFrom(...modes) }),
  fc.record({ kind: fc.constant("answer"), index, status, flow }),
  fc.record({ kind: fc.constant("cancel"), index }),
  fc.record({ kind: fc.constant("lose"), flow }),
  fc.record({ kind: fc.constant("wait"), milliseconds: fc.nat(20_000) }),
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

function outRequest(method: string): OutRequest {
  const headers = HeaderList.of(
    ["From", "<sip:a@example.com>;tag=1"],
    ["To", "<sip:b@example.com>"],
    ["Call-ID", "call"],
    ["CSeq", `1 ${method}`],
  );
  return { method, uri: "sip:b@example.com", headers, body: new Uint8Array(0) };
}

class Run {
  readonly clock = new VirtualClock();
  readonly #network = new FakeNetwork<Uint8Array>(this.clock, 1, { ...perfectNetwork, loss: 1 });
  readonly end = new TransactionEnd(this.clock, this.#network, 1, {
    maxServer: 4,
    maxClient: 4,
    timers: { C: 64 * T1 },
  });
  readonly #requests: Extract<TxOutput, { kind: "request" | "cancel" }>[] = [];
  readonly #sent: Uint8Array[] = [];
  readonly #clientIds: number[] = [];

  constructor() {
    this.end.onOutput = (output) => {
      if (output.kind === "request" || output.kind === "cancel") this.#requests.push(output);
    };
  }

  perform(command: Command): void {
    const out = this.#outputs(command);
    for (const output of out) if (output.kind === "transmit") this.#sent.push(output.bytes);
    this.end.run(out);
  }

  #outputs(command: Command): readonly TxOutput[] {
    const { table } = this.end;
    const { now } = this.clock;
    switch (command.kind) {
      case "send":
        return this.#started(table.sendRequest(now, outRequest(command.method), { flow: command.flow, via }));
      case "receive": {
        const request = sipRequest({ method: command.method, branch: `z9hG4bK${command.branch}` });
        return table.onRequest(now, request, command.flow);
      }
      case "respond": {
        const asked = this.#requests[command.index % this.#requests.length];
        if (asked === undefined) return [];
        return table.respond(now, asked.id, responseTo(asked.request, command.status), command.mode);
      }
      case "answer": {
        const requests = this.#sent.filter((bytes) => !Buffer.from(bytes.subarray(0, 7)).equals(statusLine));
        const bytes = requests[command.index % requests.length];
        if (bytes === undefined || bytes.length < 4) return [];
        return table.onResponse(now, sipResponse(asRequest(bytes), command.status), command.flow);
      }
      case "cancel": {
        const id = this.#clientIds[command.index % this.#clientIds.length];
        return id === undefined ? [] : this.#started(table.cancel(now, id));
      }
      case "lose":
        return table.onFlowLost(now, command.flow.id);
      case "wait":
        this.clock.advance(command.milliseconds);
        return [];
    }
  }

  #started(started: { readonly id: number; readonly out: readonly TxOutput[] } | undefined): readonly TxOutput[] {
    if (started === undefined) return [];
    expect(this.#clientIds).not.toContain(started.id);
    this.#clientIds.push(started.id);
    return started.out;
  }
}

const statusLine = Buffer.from("SIP/2.0", "latin1");
const via = { transport: "UDP", host: "198.51.100.1", port: undefined };

test("no sequence of events throws, tells anything after the end, passes a limit or leaves a record for ever", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const run = new Run();
      for (const each of commands) {
        run.perform(each);
        const { client, server } = run.end.table.counts;
        // Four each, and one CANCEL for each INVITE among them.
        expect(Math.max(client, server)).toBeLessThanOrEqual(8);
      }
      run.clock.advance(LONG);
      expect(run.end.table.counts).toEqual({ server: 0, client: 0 });
      expect(run.end.deadlines.size).toBe(0);
      const asked = run.end.told.filter(({ kind }) => kind === "request" || kind === "cancel");
      for (const output of asked) expect("id" in output && run.end.ended.has(output.id)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
