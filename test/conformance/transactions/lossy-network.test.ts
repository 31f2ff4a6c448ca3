import { type FlowRef, HeaderList, type OutRequest, responseTo, type TxOutput } from "@ringfence/sip";
import { expect, test } from "vitest";
import { FakeNetwork, type NetworkConditions, perfectNetwork } from "../../support/fake-network.ts";
import { TransactionEnd } from "../../support/transaction-end.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const bad: NetworkConditions = { loss: 0.3, duplicate: 0.2, minDelay: 5, maxDelay: 400 };
const via = { transport: "UDP", host: "198.51.100.1", port: 5060 };
const flow: FlowRef = { id: "udp", reliable: false, packetSource: { address: "192.0.2.9", port: 5060 } };

function pair(seed: number, conditions: NetworkConditions) {
  const clock = new VirtualClock();
  const network = new FakeNetwork<Uint8Array>(clock, seed, conditions);
  const client = new TransactionEnd(clock, network, seed);
  const server = new TransactionEnd(clock, network, seed + 1);
  client.connect(server, flow);
  server.connect(client, flow);
  const start = (method: string): number => {
    const started = client.table.sendRequest(clock.now, outRequest(method), { flow, via });
    if (started === undefined) throw new Error("full");
    client.run(started.out);
    return started.id;
  };
  return { clock, network, client, server, start };
}

function outRequest(method: string): OutRequest {
  const headers = HeaderList.of(
    ["Max-Forwards", "70"],
    ["From", "<sip:a@example.com>;tag=1"],
    ["To", "<sip:b@example.com>"],
    ["Call-ID", "call"],
    ["CSeq", `1 ${method}`],
  );
  return { method, uri: "sip:b@example.com", headers, body: new Uint8Array(0) };
}

/** A user that answers each request with these statuses, one after the other, and each CANCEL with 200 and 487. */
function answering(
  end: TransactionEnd,
  clock: VirtualClock,
  steps: readonly (readonly [after: number, status: number])[],
) {
  const requests = new Map<number, Extract<TxOutput, { kind: "request" }>>();
  end.onOutput = (output) => {
    if (output.kind === "request") {
      requests.set(output.id, output);
      for (const [after, status] of steps) {
        const response = responseTo(output.request, status, { toTag: "us" });
        clock.after(after, () => end.run(end.table.respond(clock.now, output.id, response)));
      }
    }
    if (output.kind === "cancel") {
      const ok = responseTo(output.request, output.target === undefined ? 481 : 200, { toTag: "us" });
      end.run(end.table.respond(clock.now, output.id, ok));
      const target = output.target === undefined ? undefined : requests.get(output.target);
      if (target === undefined) return;
      end.run(end.table.respond(clock.now, target.id, responseTo(target.request, 487, { toTag: "us" })));
    }
  };
}

const finals = (told: readonly TxOutput[]) =>
  told.filter((output) => output.kind === "response" && output.response.status >= 200);
const count = (told: readonly TxOutput[], kind: TxOutput["kind"]) => told.filter((o) => o.kind === kind).length;

const seeds = Array.from({ length: 40 }, (_, seed) => seed);

test("through loss, copies and reordering a refused INVITE is seen once on each side, and nothing stays behind", () => {
  for (const seed of seeds) {
    const { clock, client, server, start } = pair(seed, bad);
    answering(server, clock, [
      [0, 100],
      [300, 180],
      [2000, 486],
    ]);
    start("INVITE");
    clock.advance(120_000);
    expect([seed, count(server.told, "request"), finals(client.told).length]).toEqual([seed, 1, 1]);
    expect([seed, client.table.counts.client, server.table.counts.server]).toEqual([seed, 0, 0]);
    expect([seed, client.deadlines.size, server.deadlines.size]).toEqual([seed, 0, 0]);
  }
});

test("through loss, copies and reordering a request other than INVITE is answered once", () => {
  for (const seed of seeds) {
    const { clock, client, server, start } = pair(seed, bad);
    answering(server, clock, [[700, 200]]);
    start("BYE");
    clock.advance(120_000);
    expect([seed, count(server.told, "request"), finals(client.told).length]).toEqual([seed, 1, 1]);
    expect([seed, client.table.counts.client, server.table.counts.server]).toEqual([seed, 0, 0]);
  }
});

test("through loss a CANCEL ends the call with one 487", () => {
  for (const seed of seeds) {
    const { clock, client, server, start } = pair(seed, bad);
    answering(server, clock, [
      [0, 100],
      [300, 180],
    ]);
    const id = start("INVITE");
    clock.after(50 + seed * 20, () => client.run(client.table.cancel(clock.now, id)?.out ?? []));
    clock.advance(120_000);
    const results = finals(client.told).map((output) => output.kind === "response" && output.response.status);
    expect([seed, results.toSorted()]).toEqual([seed, [200, 487]]);
    expect([seed, client.table.counts.client, server.table.counts.server]).toEqual([seed, 0, 0]);
  }
});

test("a network that dies in the middle leaves one time-out, and no record", () => {
  for (const seed of seeds) {
    const { clock, client, network, server, start } = pair(seed, perfectNetwork);
    answering(server, clock, [[100 + seed, 200]]);
    clock.after(seed, () => network.become({ ...perfectNetwork, loss: 1 }));
    const id = start("OPTIONS");
    clock.advance(70_000);
    expect(count(client.told, "timeout")).toBe(1);
    expect([client.ended.has(id), client.table.counts.client, server.table.counts.server]).toEqual([true, 0, 0]);
  }
});

test("on a perfect network nothing is sent twice", () => {
  const { clock, client, server, start } = pair(1, perfectNetwork);
  answering(server, clock, [
    [0, 100],
    [300, 180],
    [9000, 200],
  ]);
  start("INVITE");
  clock.advance(40_000);
  expect([client.transmitted, server.transmitted]).toEqual([1, 3]);
});
