import { expect, test } from "vitest";
import { type OutResponse, responseTo } from "../message/build.ts";
import { HeaderList } from "../message/headers.ts";
import type { Request, Response } from "../message/message.ts";
import { parseMessage } from "../parse/message.ts";
import { Deadlines } from "./deadlines.ts";
import type { FlowRef, TxOutput } from "./flow.ts";
import type { TxTimer } from "./records.ts";
import { TransactionTable } from "./table.ts";

const udp: FlowRef = { id: "udp 192.0.2.9:5060", reliable: false, packetSource: { address: "192.0.2.9", port: 5060 } };
const tls: FlowRef = { id: "tls 7", reliable: true, packetSource: { address: "192.0.2.9", port: 40001 } };
const via = { transport: "UDP", host: "198.51.100.1", port: 5070 };

function newTable(limits: { maxServer?: number; maxClient?: number } = {}) {
  const deadlines = new Deadlines<TxTimer>();
  let dice = 0;
  const random = (bytes: number) => new Uint8Array(bytes).fill(++dice);
  const table = new TransactionTable({ deadlines, random, maxServer: 10, maxClient: 10, ...limits });
  /** Fires everything due up to `now`, as the driver does. */
  const runTo = (now: number): readonly TxOutput[] => {
    const out: TxOutput[] = [];
    for (let at = deadlines.next(); at !== undefined && at <= now; at = deadlines.next()) {
      const event = deadlines.popDue(at);
      if (event !== undefined) out.push(...table.onTimer(at, event));
    }
    return out;
  };
  return { table, deadlines, runTo };
}

function outRequest(method: string) {
  const headers = HeaderList.of(
    ["Route", "<sip:10.0.0.1;lr>"],
    ["Max-Forwards", "70"],
    ["From", "<sip:a@example.com>;tag=1"],
    ["To", "<sip:b@example.com>"],
    ["Call-ID", "call"],
    ["CSeq", `7 ${method}`],
    ["Proxy-Authorization", 'Digest username="a"'],
  );
  return { method, uri: "sip:b@example.com", headers, body: new Uint8Array(0) };
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const kinds = (out: readonly TxOutput[]) => out.map((output) => output.kind);
const sent = (out: readonly TxOutput[]) =>
  out.filter((output) => output.kind === "transmit").map((output) => text(output.bytes));
const startLines = (out: readonly TxOutput[]) => sent(out).map((bytes) => bytes.slice(0, bytes.indexOf("\r\n")));

function request(bytes: string | Uint8Array): Request {
  const message = parseMessage(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes, "datagram");
  if (message.kind !== "request") throw new Error(JSON.stringify(message));
  return message;
}

function incoming(method: string, branch: string, host = "phone.example"): Request {
  const line = (name: string, value: string) => `${name}: ${value}\r\n`;
  return request(
    `${method} sip:b@example.com SIP/2.0\r\n${line("Via", `SIP/2.0/UDP ${host};branch=${branch}`)}${line("Max-Forwards", "70")}${line("From", "<sip:a@example.com>;tag=1")}${line("To", "<sip:b@example.com>")}${line("Call-ID", "call")}${line("CSeq", `7 ${method}`)}${line("Content-Length", "0")}\r\n`,
  );
}

/** The peer's answer to what we sent. */
function answer(bytes: Uint8Array, status: number): Response {
  const response = responseTo(request(bytes), status, { toTag: "peer" });
  const head = [...response.headers].map(({ name, value }) => `${name}: ${value}\r\n`).join("");
  const message = parseMessage(
    Buffer.from(`SIP/2.0 ${status} ${response.reason}\r\n${head}Content-Length: 0\r\n\r\n`, "latin1"),
    "datagram",
  );
  if (message.kind !== "response") throw new Error(JSON.stringify(message));
  return message;
}

const reply = (to: Request, status: number): OutResponse => responseTo(to, status, { toTag: "us" });

function begin(method: string, flow = udp, limits = {}) {
  const bench = newTable(limits);
  const started = bench.table.sendRequest(0, outRequest(method), { flow, via });
  const first = started?.out[0];
  if (started === undefined || first?.kind !== "transmit") throw new Error("not started");
  return { ...bench, id: started.id, bytes: first.bytes };
}

test("an unanswered INVITE is sent seven times in 32 seconds, the same bytes, and then times out", () => {
  const { runTo, id, bytes, table, deadlines } = begin("INVITE");
  const out = runTo(31_999);
  expect(out.map((output) => output.kind === "transmit" && output.bytes === bytes)).toEqual(Array(6).fill(true));
  expect(runTo(32_000)).toEqual([
    { kind: "timeout", id },
    { kind: "ended", id },
  ]);
  expect([table.counts, deadlines.size]).toEqual([{ server: 0, client: 0 }, 0]);
});

test("an unanswered BYE is sent eleven times, and every four seconds at last", () => {
  const { deadlines, table, bytes } = begin("BYE");
  const times: number[] = [];
  for (let at = deadlines.next(); at !== undefined; at = deadlines.next()) {
    const event = deadlines.popDue(at);
    const out = event === undefined ? [] : table.onTimer(at, event);
    if (out.some((output) => output.kind === "transmit" && output.bytes === bytes)) times.push(at);
  }
  expect(times).toEqual([500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
});

test("a 486 is acknowledged by the transaction, again for each copy, with the INVITE's Via, Route and credentials", () => {
  const { table, id, bytes, runTo } = begin("INVITE");
  const busy = answer(bytes, 486);
  const out = table.onResponse(100, busy, udp);
  expect(kinds(out)).toEqual(["transmit", "response"]);
  const [ack = ""] = sent(out);
  expect(ack.split("\r\n")).toEqual([
    "ACK sip:b@example.com SIP/2.0",
    `Via: ${request(bytes).via.raw}`,
    "Route: <sip:10.0.0.1;lr>",
    "Max-Forwards: 70",
    "From: <sip:a@example.com>;tag=1",
    "To: <sip:b@example.com>;tag=peer",
    "Call-ID: call",
    "CSeq: 7 ACK",
    'Proxy-Authorization: Digest username="a"',
    "Content-Length: 0",
    "",
    "",
  ]);
  expect(sent(table.onResponse(200, busy, udp))).toEqual([ack]);
  expect(runTo(32_100)).toEqual([{ kind: "ended", id }]);
});

test("each copy of a 2xx reaches the user for 64*T1, and no ACK is made for it", () => {
  const { table, id, bytes, runTo } = begin("INVITE");
  const ok = answer(bytes, 200);
  for (const now of [100, 600, 31_000]) expect(kinds(table.onResponse(now, ok, udp))).toEqual(["response"]);
  expect(runTo(32_100)).toEqual([{ kind: "ended", id }]);
  expect(kinds(table.onResponse(32_200, ok, udp))).toEqual(["stray"]);
});

test("a response from another address, or over another connection, is a stray", () => {
  const { table, bytes } = begin("INVITE");
  const elsewhere = { ...udp, id: "udp x", packetSource: { address: "203.0.113.66", port: 5060 } };
  const otherPort = { ...udp, id: "udp y", packetSource: { address: "192.0.2.9", port: 38_859 } };
  expect(kinds(table.onResponse(1, answer(bytes, 200), elsewhere))).toEqual(["stray"]);
  expect(kinds(table.onResponse(1, answer(bytes, 200), tls))).toEqual(["stray"]);
  expect(kinds(table.onResponse(1, answer(bytes, 180), otherPort))).toEqual(["response"]);
});

test("CANCEL waits for the first provisional response, and takes the INVITE's branch", () => {
  const { table, id, bytes } = begin("INVITE");
  const cancel = table.cancel(10, id, [["Reason", "SIP;cause=200"]]);
  expect(cancel).toEqual({ id: id + 1, out: [] });
  expect(table.cancel(11, id)).toBeUndefined();
  const out = table.onResponse(20, answer(bytes, 100), udp);
  expect(startLines(out)).toEqual(["CANCEL sip:b@example.com SIP/2.0"]);
  expect(sent(out)[0]).toContain(`\r\nVia: ${request(bytes).via.raw}\r\n`);
  expect(sent(out)[0]).toContain("\r\nCSeq: 7 CANCEL\r\n");
  expect(sent(out)[0]).toContain("\r\nReason: SIP;cause=200\r\n");
  expect(kinds(table.onResponse(30, answer(bytes, 180), udp))).toEqual(["response"]);
});

test("no CANCEL leaves when the final response came first, and its id ends", () => {
  const { table, id, bytes, runTo } = begin("INVITE");
  table.cancel(10, id);
  expect(startLines(table.onResponse(20, answer(bytes, 200), udp))).toEqual([]);
  expect(table.cancel(30, id)).toBeUndefined();
  expect(runTo(60_000)).toEqual([
    { kind: "ended", id: id + 1 },
    { kind: "ended", id },
  ]);
});

test("an INVITE without a final response 64*T1 after its CANCEL counts as cancelled", () => {
  const { table, id, bytes, runTo } = begin("INVITE");
  table.onResponse(10, answer(bytes, 180), udp);
  const out = table.cancel(1000, id)?.out ?? [];
  const [first] = out;
  if (first?.kind !== "transmit") throw new Error("no CANCEL");
  table.onResponse(1010, answer(first.bytes, 200), udp);
  expect(runTo(32_999)).toEqual([{ kind: "ended", id: id + 1 }]);
  expect(runTo(33_000)).toEqual([
    { kind: "timeout", id },
    { kind: "ended", id },
  ]);
});

test("a lost flow ends its transactions and no others", () => {
  const { table, id } = begin("INVITE", tls);
  const other = table.sendRequest(0, outRequest("OPTIONS"), { flow: udp, via });
  const [asked] = table.onRequest(0, incoming("MESSAGE", "z9hG4bKm"), tls);
  if (asked?.kind !== "request") throw new Error("no request");
  expect(table.onFlowLost(5, tls.id)).toEqual([
    { kind: "transport-error", id },
    { kind: "ended", id },
    { kind: "transport-error", id: asked.id },
    { kind: "ended", id: asked.id },
  ]);
  expect(other).toBeDefined();
  expect(table.counts).toEqual({ server: 0, client: 1 });
  expect(table.respond(6, asked.id, reply(asked.request, 200))).toEqual([]);
});

test("a full table refuses and counts, but still lets a CANCEL through", () => {
  const { table } = begin("INVITE", udp, { maxServer: 1, maxClient: 1 });
  expect(table.sendRequest(0, outRequest("OPTIONS"), { flow: udp, via })).toBeUndefined();
  table.onRequest(0, incoming("INVITE", "z9hG4bK1"), udp);
  expect(table.onRequest(0, incoming("INVITE", "z9hG4bK2"), udp)).toEqual([]);
  expect(kinds(table.onRequest(0, incoming("CANCEL", "z9hG4bK2"), udp))).toEqual([]);
  expect(kinds(table.onRequest(0, incoming("CANCEL", "z9hG4bK1"), udp))).toEqual(["cancel"]);
  expect(table.refused).toEqual({ server: 2, client: 1 });
});

test("the ACK to a 2xx is stateless, with a branch of its own", () => {
  const { table } = newTable();
  const one = request(table.buildStateless(outRequest("ACK"), { ...via, host: "2001:db8::1" }));
  const two = request(table.buildStateless(outRequest("ACK"), via));
  expect(one.via.branch).not.toBe(two.via.branch);
  expect([one.via.host, one.via.port, one.cseq.method]).toEqual(["2001:db8::1", 5070, "ACK"]);
  expect(table.counts).toEqual({ server: 0, client: 0 });
});
