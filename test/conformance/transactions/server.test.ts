import { Deadlines, type FlowRef, responseTo, TransactionTable, type TxOutput, type TxTimer } from "@ringfence/sip";
import { expect, test } from "vitest";
import { type RequestParts, sipRequest } from "../../support/sip-builder.ts";

const flow: FlowRef = {
  id: "udp 192.0.2.9:5060",
  reliable: false,
  packetSource: { address: "192.0.2.9", port: 5060 },
};

function bench(limits: { maxServer?: number } = {}) {
  const deadlines = new Deadlines<TxTimer>();
  const random = (bytes: number) => new Uint8Array(bytes);
  const table = new TransactionTable({ deadlines, random, maxServer: 10, maxClient: 10, ...limits });
  const runTo = (now: number): readonly TxOutput[] => {
    const out: TxOutput[] = [];
    for (let at = deadlines.next(); at !== undefined && at <= now; at = deadlines.next()) {
      const event = deadlines.popDue(at);
      if (event !== undefined) out.push(...table.onTimer(at, event));
    }
    return out;
  };
  const receive = (parts: RequestParts, now = 0, from = flow) => table.onRequest(now, sipRequest(parts), from);
  /** Receives a new request and returns its id. */
  const open = (parts: RequestParts): number => {
    const [output] = receive(parts);
    if (output?.kind !== "request") throw new Error(`not a new request: ${output?.kind}`);
    return output.id;
  };
  return { table, deadlines, runTo, receive, open };
}

const kinds = (out: readonly TxOutput[]) => out.map((output) => output.kind);
const statuses = (out: readonly TxOutput[]) =>
  out.filter((o) => o.kind === "transmit").map((o) => Number(Buffer.from(o.bytes).toString("latin1").slice(8, 11)));
const answer = (method: string, status: number) => responseTo(sipRequest({ method }), status, { toTag: "us" });

test("a copy of an INVITE gets the last provisional response, and nothing before there is one", () => {
  const { table, open, receive } = bench();
  const id = open({ method: "INVITE" });
  expect(receive({ method: "INVITE" })).toEqual([]);
  for (const status of [100, 180]) {
    table.respond(0, id, answer("INVITE", status));
    expect(statuses(receive({ method: "INVITE" }))).toEqual([status]);
  }
});

test("a refused INVITE is answered again and again until its ACK, and then the ACK is absorbed", () => {
  const { table, open, receive, runTo, deadlines } = bench();
  const id = open({ method: "INVITE" });
  expect(statuses(table.respond(0, id, answer("INVITE", 486)))).toEqual([486]);
  expect(statuses(runTo(8000))).toEqual([486, 486, 486, 486]);
  expect(statuses(receive({ method: "INVITE" }, 8000))).toEqual([486]);
  expect(receive({ method: "ACK" }, 8100)).toEqual([]);
  expect(receive({ method: "ACK" }, 8200)).toEqual([]);
  expect(receive({ method: "INVITE" }, 8300)).toEqual([]);
  expect(runTo(13_100)).toEqual([{ kind: "ended", id }]);
  expect([table.counts.server, deadlines.size]).toEqual([0, 0]);
});

test("without an ACK the user is told after 64*T1", () => {
  const { table, open, runTo } = bench();
  const id = open({ method: "INVITE" });
  table.respond(0, id, answer("INVITE", 486));
  expect(runTo(60_000).slice(-2)).toEqual([
    { kind: "ack-timeout", id },
    { kind: "ended", id },
  ]);
});

test("after a 2xx copies of the INVITE are absorbed, the 2xx may be repeated and the ACK goes to the user", () => {
  const { table, open, receive, runTo } = bench();
  const id = open({ method: "INVITE" });
  table.respond(0, id, answer("INVITE", 200));
  expect(receive({ method: "INVITE" }, 10)).toEqual([]);
  expect(statuses(table.respond(500, id, answer("INVITE", 200)))).toEqual([200]);
  expect(table.respond(600, id, answer("INVITE", 487))).toEqual([]);
  expect(kinds(receive({ method: "ACK" }, 700))).toEqual(["ack"]);
  expect(kinds(receive({ method: "ACK", branch: "z9hG4bKother" }, 700))).toEqual(["ack"]);
  expect(runTo(32_000)).toEqual([{ kind: "ended", id }]);
});

test("a final response stands: another one is not sent, nor repeated in its place", () => {
  const { table, open, receive } = bench();
  const id = open({ method: "INVITE" });
  table.respond(0, id, answer("INVITE", 486));
  expect(table.respond(1, id, answer("INVITE", 487))).toEqual([]);
  expect(statuses(receive({ method: "INVITE" }, 2))).toEqual([486]);
});

test("CANCEL finds the INVITE of its branch on its flow, and is answered again when it is copied", () => {
  const { table, open, receive } = bench();
  const target = open({ method: "INVITE" });
  const [cancel] = receive({ method: "CANCEL" });
  if (cancel?.kind !== "cancel") throw new Error("no cancel");
  expect(cancel.target).toBe(target);
  table.respond(0, cancel.id, answer("CANCEL", 200));
  expect(statuses(receive({ method: "CANCEL" }))).toEqual([200]);
  expect(statuses(table.respond(0, target, answer("INVITE", 487)))).toEqual([487]);
});

test("nobody cancels, acknowledges or draws copies of another's transaction, even with its branch", () => {
  const { table, open, receive } = bench();
  table.respond(0, open({ method: "INVITE" }), answer("INVITE", 486));
  const attacker = { ...flow, id: "udp 203.0.113.66:5060" };
  expect(receive({ method: "CANCEL" }, 1, attacker)).toMatchObject([{ kind: "cancel", target: undefined }]);
  expect(kinds(receive({ method: "ACK" }, 1, attacker))).toEqual(["ack"]);
  expect(kinds(receive({ method: "INVITE" }, 1, attacker))).toEqual(["request"]);
  expect(kinds(receive({ method: "INVITE", host: "other.example" }, 1))).toEqual(["request"]);
});

test("RFC 3261 section 8.2.2.2: a copy that came another way is known while the first is answered, from any flow", () => {
  const { table, open, runTo } = bench();
  const copy = sipRequest({ method: "INVITE", branch: "z9hG4bK-other" });
  expect(table.isMerged(copy)).toBe(false);
  const id = open({ method: "INVITE" });
  expect(table.isMerged(copy)).toBe(true);
  for (const other of [{ cseq: 99 }, { to: "<sip:b@example.com>;tag=us" }]) {
    expect(table.isMerged(sipRequest({ method: "INVITE", branch: "z9hG4bK-other", ...other }))).toBe(false);
  }
  table.respond(0, id, answer("INVITE", 486));
  runTo(64_000);
  expect(table.isMerged(copy)).toBe(false);
});

test("requests of RFC 2543, without the cookie, are matched by their fields", () => {
  const { table, open, receive } = bench();
  const old = { branch: "1", cseq: 3 };
  const id = open({ method: "INVITE", ...old });
  table.respond(0, id, answer("INVITE", 486));
  expect(statuses(receive({ method: "INVITE", ...old }))).toEqual([486]);
  expect(receive({ method: "ACK", ...old, to: "<sip:b@example.com>;tag=us" })).toEqual([]);
  expect(kinds(receive({ method: "INVITE", branch: "1", cseq: 4 }))).toEqual(["request"]);
});

test("a non-INVITE request nobody answers is forgotten after 64*T1, when its client gave up", () => {
  const { open, receive, runTo, table } = bench();
  const id = open({ method: "MESSAGE" });
  expect(receive({ method: "MESSAGE" })).toEqual([]);
  expect(runTo(32_000)).toEqual([{ kind: "ended", id }]);
  expect(table.respond(32_001, id, answer("MESSAGE", 200))).toEqual([]);
});

test("threat L11: an unconfirmed source never draws more packets than it sent", () => {
  const { table, open, receive, runTo } = bench();
  const short = Buffer.from("SIP/2.0 401 Unauthorized\r\n\r\n", "latin1");
  const id = open({ method: "INVITE" });
  expect(table.respond(0, id, answer("INVITE", 401), short)).toEqual([{ kind: "transmit", flow, bytes: short }]);
  expect(receive({ method: "INVITE" })).toEqual([{ kind: "transmit", flow, bytes: short }]);
  expect(kinds(runTo(60_000))).toEqual(["ack-timeout", "ended"]);

  const once = open({ method: "INVITE", branch: "z9hG4bKonce" });
  expect(kinds(table.respond(0, once, answer("INVITE", 403), "once"))).toEqual(["transmit", "ended"]);
  const silent = open({ method: "OPTIONS", branch: "z9hG4bKsilent" });
  expect(kinds(table.respond(0, silent, answer("OPTIONS", 403), "silent"))).toEqual(["ended"]);
  expect(table.counts.server).toBe(0);
});

test("has() knows copies, ACKs and CANCELs of what is in the table, and nothing else", () => {
  const { table, open } = bench();
  open({ method: "INVITE" });
  const has = (method: string, from = flow, branch = "z9hG4bKtest") => table.has(sipRequest({ method, branch }), from);
  expect([has("INVITE"), has("ACK"), has("CANCEL"), has("BYE")]).toEqual([true, true, true, false]);
  expect([has("INVITE", { ...flow, id: "x" }), has("CANCEL", flow, "z9hG4bKx")]).toEqual([false, false]);
});
