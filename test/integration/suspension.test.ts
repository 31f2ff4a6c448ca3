/** Accounts that may not call: by command, by time, beyond a restart; never an emergency call. */
import { expect, test } from "vitest";
import { callUp } from "../support/call-up.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { branch, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const HOUR = 3_600_000;

function call(phone: Party, to: string): string {
  phone.inbox.length = 0;
  phone.send([...inviteLines(phone, { to: `sip:${to}@pbx.example.com`, callId: branch() }), sdp], offer);
  return phone.next().text.split("\r\n")[0]?.slice(8) ?? "";
}

/** Registered; what registers later needs another number. */
function phoneOf(world: EdgeWorld, cseq = 1): Party {
  const phone = world.phone();
  for (const party of [phone, world.pbx()]) party.inbox.length = 0;
  registered(world, phone, { cseq });
  return phone;
}

test("a suspended account's call ends on both legs with the reason, and it begins none until it is resumed", () => {
  const { world, phone, pbx } = callUp();
  world.feed({ kind: "suspend", account: "1001", forMs: undefined });
  for (const party of [phone, pbx]) {
    const { message } = party.request("BYE");
    expect(message.headers.get("Reason")).toBe('SIP;cause=403;text="Account suspended"');
    party.send(replyLines(message, "200 OK"));
  }
  expect(world.events("call").at(-1)).toMatchObject({ reason: "suspended", ended_by: "ringfence" });
  expect(call(phone, "600")).toBe("403 Account Suspended");
  expect(world.events("refused").at(-1)).toMatchObject({ rule: "suspension", reason: "account-suspended" });
  expect(call(phone, "112")).toBe("100 Trying");
  world.feed({ kind: "resume", account: "1001" });
  expect(call(phone, "600")).toBe("100 Trying");
  expect(world.events("fraud").map(({ reason }) => reason)).toEqual(["suspended", "resumed"]);
});

test("threat L15: an emergency call in progress goes on, a call that rings is refused and cancelled", () => {
  const world = new EdgeWorld("policy: { limits: { calls_per_account: 9 } }");
  const phone = phoneOf(world);
  call(phone, "911");
  world.pbx().request("INVITE");
  call(phone, "600");
  world.pbx().send(replyLines(world.pbx().request("INVITE").message, "180 Ringing"));
  phone.response(180);
  world.feed({ kind: "suspend", account: "1001", forMs: undefined });
  phone.response(403);
  expect(world.pbx().request("CANCEL")).toBeDefined();
  expect(world.core.counts().calls).toBe(1);
});

test("it is lifted when its time is over, and a shorter one does not shorten a longer", () => {
  const world = new EdgeWorld();
  phoneOf(world);
  world.feed({ kind: "suspend", account: "1001", forMs: HOUR });
  world.feed({ kind: "suspend", account: "1001", forMs: 1_000 });
  world.advance(HOUR - 1_000);
  expect(call(phoneOf(world, 2), "600")).toBe("403 Account Suspended");
  world.advance(1_000);
  expect(call(world.phone(), "600")).toBe("100 Trying");
  world.feed({ kind: "audit" });
  expect(world.core.suspended()).toEqual([]);
  expect(world.events("fraud").at(-1)).toMatchObject({ reason: "resumed", detail: "its time is over" });
});

test("a restart changes nothing of it, and others are not concerned", () => {
  const world = new EdgeWorld();
  world.feed({ kind: "suspend", account: "1001", forMs: undefined });
  const restored = world.core
    .takeUse(world.now, true)
    .map(([key, record]) => [key, JSON.parse(JSON.stringify(record))] as const);
  const next = new EdgeWorld();
  next.core.restoreUse(next.now, { restored, aliveAt: 0, keep: () => {}, working: true });
  expect(call(phoneOf(next), "600")).toBe("403 Account Suspended");
  const other = next.phone("192.0.2.11");
  next.pbx().inbox.length = 0;
  registered(next, other, { user: "1002", callId: "reg-1002" });
  other.send([...inviteLines(other, { from: "<sip:1002@pbx.example.com>", callId: branch() }), sdp], offer);
  other.response(100);
});
