/** RFC 3261 §18.1.1: a request that is too large for a datagram. */
import { expect, test } from "vitest";
import { responseTo } from "../message/build.ts";
import { HeaderList } from "../message/headers.ts";
import type { Request, Response } from "../message/message.ts";
import { serializeResponse } from "../message/serialize.ts";
import { parseMessage } from "../parse/message.ts";
import { Deadlines } from "./deadlines.ts";
import type { FlowRef, TxOutput } from "./flow.ts";
import type { TxTimer } from "./records.ts";
import { TransactionTable } from "./table.ts";

const packetSource = { address: "192.0.2.9", port: 5060 };
const udp: FlowRef = { id: "udp", reliable: false, packetSource };
const via = { transport: "UDP", host: "198.51.100.1", port: 5070 };
const kinds = (out: readonly TxOutput[]) => out.map((output) => output.kind);

function newTable() {
  const deadlines = new Deadlines<TxTimer>();
  const random = (bytes: number) => new Uint8Array(bytes).fill(7);
  const table = new TransactionTable({ deadlines, random, maxServer: 10, maxClient: 10 });
  const runTo = (now: number): readonly TxOutput[] => {
    const out: TxOutput[] = [];
    for (let at = deadlines.next(); at !== undefined && at <= now; at = deadlines.next()) {
      const event = deadlines.popDue(at);
      if (event !== undefined) out.push(...table.onTimer(at, event));
    }
    return out;
  };
  return { table, runTo };
}

function outRequest(method: string, octets: number) {
  const headers = HeaderList.of(
    ["Max-Forwards", "70"],
    ["From", "<sip:a@example.com>;tag=1"],
    ["To", "<sip:b@example.com>"],
    ["Call-ID", "call"],
    ["CSeq", `7 ${method}`],
    ["Content-Type", "application/sdp"],
  );
  return { method, uri: "sip:b@example.com", headers, body: new Uint8Array(octets) };
}

function request(bytes: Uint8Array): Request {
  const message = parseMessage(bytes, "datagram");
  if (message.kind !== "request") throw new Error(JSON.stringify(message));
  return message;
}

/** The peer's answer to what we sent. */
function answer(bytes: Uint8Array, status: number): Response {
  const message = parseMessage(serializeResponse(responseTo(request(bytes), status, { toTag: "peer" })), "datagram");
  if (message.kind !== "response") throw new Error(JSON.stringify(message));
  return message;
}

const tcp: FlowRef = { id: "tcp", reliable: true, packetSource };
const large = { flow: udp, via, largest: 1300, large: () => ({ flow: tcp, via: { ...via, transport: "TCP" } }) };

function sendLarge(method: string, octets: number, ways: Parameters<TransactionTable["sendRequest"]>[2] = large) {
  const bench = newTable();
  const started = bench.table.sendRequest(0, outRequest(method, octets), ways);
  const first = started?.out[0];
  if (started === undefined || first?.kind !== "transmit") throw new Error("nothing was sent");
  return { ...bench, id: started.id, first };
}

test("RFC 3261 section 18.1.1: a request of more than 1300 octets goes over TCP, with TCP in its Via; a smaller one over UDP", () => {
  const head = sendLarge("INVITE", 1000, { flow: udp, via }).first.bytes.length - 1000;
  for (const [octets, flow, transport] of [
    [1300, udp, "UDP"],
    [1301, tcp, "TCP"],
  ] as const) {
    const { first } = sendLarge("INVITE", octets - head);
    expect(first.flow).toBe(flow);
    expect(request(first.bytes).via.transport).toBe(transport);
  }
  expect(sendLarge("INVITE", 2000, { ...large, large: () => undefined }).first.flow).toBe(udp);
});

test.each(["INVITE", "OPTIONS"])(
  "section 18.1.1: a large %s that nobody took over TCP goes out over UDP, under its id and branch",
  (method) => {
    const { table, id, first, runTo } = sendLarge(method, 2000);
    const out = table.onFlowLost(5, tcp.id);
    expect(kinds(out)).toEqual(["rerouted", "transmit"]);
    const [rerouted, again] = out;
    if (again?.kind !== "transmit") throw new Error("nothing was sent");
    expect(rerouted).toMatchObject({ id, flow: tcp });
    expect(again.flow).toBe(udp);
    const [one, other] = [request(first.bytes).via, request(again.bytes).via];
    expect([other.transport, other.branch]).toEqual(["UDP", one.branch]);
    // From here on it is a datagram like any other.
    expect(kinds(runTo(505))).toEqual(["transmit"]);
    expect(table.onResponse(600, answer(again.bytes, 200), udp)).toMatchObject([{ kind: "response", id }]);
  },
);

test("a large request that was answered or cancelled over TCP is not sent again when the connection ends", () => {
  const heard = sendLarge("INVITE", 2000);
  heard.table.onResponse(1, answer(heard.first.bytes, 100), tcp);
  expect(kinds(heard.table.onFlowLost(5, tcp.id))).toEqual(["transport-error", "ended"]);
  const cancelled = sendLarge("INVITE", 2000);
  cancelled.table.cancel(1, cancelled.id);
  expect(kinds(cancelled.table.onFlowLost(5, tcp.id))).toEqual(["transport-error", "ended", "ended"]);
  expect(cancelled.table.counts.client).toBe(0);
});
