import { expect, test } from "vitest";
import { responseTo } from "../message/build.ts";
import type { Request } from "../message/message.ts";
import { parseMessage } from "../parse/message.ts";
import { Deadlines } from "./deadlines.ts";
import type { FlowRef, TxOutput } from "./flow.ts";
import type { TxTimer } from "./records.ts";
import { TransactionTable } from "./table.ts";

const udp: FlowRef = { id: "udp 192.0.2.9:5060", reliable: false, packetSource: { address: "192.0.2.9", port: 5060 } };

function smallTable() {
  const deadlines = new Deadlines<TxTimer>();
  const random = (bytes: number) => new Uint8Array(bytes);
  return { deadlines, table: new TransactionTable({ deadlines, random, maxServer: 8, maxClient: 8 }) };
}

function incoming(method: string, number: number): Request {
  const head = [
    `${method} sip:b@example.com SIP/2.0`,
    `Via: SIP/2.0/UDP phone.example;branch=z9hG4bK${number}`,
    "Max-Forwards: 70",
    `From: <sip:a@example.com>;tag=${number}`,
    "To: <sip:b@example.com>",
    `Call-ID: call-${number}`,
    `CSeq: 7 ${method}`,
    "Content-Length: 0",
  ];
  const message = parseMessage(Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), "datagram");
  if (message.kind !== "request") throw new Error(JSON.stringify(message));
  return message;
}

const kinds = (out: readonly TxOutput[]) => out.map((output) => output.kind);

function began(out: readonly TxOutput[]): number {
  return out.flatMap((output) => (output.kind === "request" ? [output.id] : []))[0] ?? 0;
}

/** A request with its final answer. @returns its id, and what came of both */
function answered(table: TransactionTable, now: number, method: string, number: number) {
  const request = incoming(method, number);
  const asked = table.onRequest(now, request, udp);
  const id = began(asked);
  return { id, out: [...asked, ...table.respond(now, id, responseTo(request, 200, { toTag: "us" }))] };
}

test("threat L12: what only waits for copies makes room, the oldest first, and is no more than a quarter of the table", () => {
  const { table, deadlines } = smallTable();
  const first = answered(table, 0, "OPTIONS", 1);
  answered(table, 1, "REGISTER", 2);
  expect([table.counts.server, table.occupied]).toEqual([2, 0]);
  const third = answered(table, 2, "OPTIONS", 3);
  expect(kinds(third.out)).toEqual(["request", "transmit", "ended"]);
  expect(third.out.at(-1)).toEqual({ kind: "ended", id: first.id });
  // A late copy of it is answered anew, a copy of one that is still known by the bytes of before.
  expect(table.has(incoming("OPTIONS", 1), udp)).toBe(false);
  expect(kinds(table.onRequest(3, incoming("OPTIONS", 3), udp))).toEqual(["transmit"]);
  for (const number of [4, 5, 9, 10, 11, 12]) table.onRequest(4, incoming("INVITE", number), udp);
  expect([table.counts.server, table.occupied]).toEqual([8, 6]);
  expect(kinds(table.onRequest(5, incoming("INVITE", 6), udp))).toEqual(["ended", "request"]);
  expect(kinds(table.onRequest(5, incoming("INVITE", 7), udp))).toEqual(["ended", "request"]);
  expect(kinds(table.onRequest(5, incoming("INVITE", 8), udp))).toEqual([]);
  // One timer for each INVITE that is left, none for what made room.
  expect([table.occupied, table.refused.server, deadlines.size]).toEqual([8, 1, 8]);
});

test("of two that could make room the one goes whose second copy does no harm", () => {
  const { table } = smallTable();
  answered(table, 0, "MESSAGE", 1);
  answered(table, 1, "OPTIONS", 2);
  answered(table, 2, "OPTIONS", 3);
  const known = (method: string, number: number): boolean => table.has(incoming(method, number), udp);
  expect([known("MESSAGE", 1), known("OPTIONS", 2), known("OPTIONS", 3)]).toEqual([true, false, true]);
});

test("what ended by its timer or with its flow is no longer waiting", () => {
  const { table, deadlines } = smallTable();
  answered(table, 0, "OPTIONS", 1);
  const due = deadlines.popDue(32_000);
  if (due === undefined) throw new Error("no timer");
  expect(kinds(table.onTimer(32_000, due))).toEqual(["ended"]);
  answered(table, 32_001, "OPTIONS", 2);
  table.onFlowLost(32_002, udp.id);
  expect([table.counts.server, table.occupied, deadlines.size]).toEqual([0, 0, 0]);
});
