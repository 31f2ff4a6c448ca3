/** Threat L12: under overload strangers go first, then phones nobody knows well; calls that are up and calls for help stay. */
import { expect, test } from "vitest";
import { callUp, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { inDialogLines, inviteLines, offer, registered, registerLines, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";

/** Ten samples a second. */
function load(world: EdgeWorld, lagMs: number, seconds: number): void {
  for (let i = 0; i < seconds * 10; i++) {
    world.feed({ kind: "load", sample: { lagMs, busy: lagMs > 50 ? 1 : 0.1, fill: 0 } });
    world.advance(100);
  }
}

let calls = 0;
function invites(phone: Party, to = "600", user = "1001"): void {
  const from = `<sip:${user}@pbx.example.com>`;
  const lines = inviteLines(phone, { to: `sip:${to}@pbx.example.com`, from, callId: `new-${++calls}` });
  phone.send([...lines, sdp], offer);
}

/** The status of the answer to a new call. */
function statusOf(phone: Party): number {
  invites(phone);
  const { message } = phone.next();
  if (message.kind !== "response") throw new Error("a request");
  return message.status;
}

test("threat L12: at the highest level a new call is refused early with a moment to try again, by no work of the policy", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  load(world, 400, 5);
  const before = world.core.counts();
  const waits = new Set<number>();
  for (let i = 0; i < 19; i++) {
    invites(phone);
    const { message } = phone.response(503);
    expect(message.reason).toBe("Overloaded, Try Later");
    waits.add(Number(message.headers.get("Retry-After")));
  }
  expect(world.pbx().inbox).toEqual([]);
  expect(world.core.counts()).toEqual(before);
  // They shall not all come back at once.
  expect(waits.size).toBeGreaterThan(3);
  expect([Math.min(...waits) >= 5, Math.max(...waits) <= 20]).toEqual([true, true]);
  expect(world.events("refused").at(-1)).toMatchObject({ reason: "overloaded", status: 503 });
});

test("threat L12: a call that is up goes on in everything, and so does a phone's registration", () => {
  const world = new EdgeWorld();
  const { phone, pbx, ok } = callUp(world);
  load(world, 400, 5);
  phone.send([...inDialogLines(phone, "INVITE", phoneDialog(ok, 20)), sdp], `${offer}a=sendonly\r\n`);
  phone.response(100);
  pbx.request("INVITE");
  phone.send(registerLines(phone, { cseq: 2 }));
  pbx.request("REGISTER");
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 21)));
  expect(phone.inbox.some(({ text }) => text.startsWith("SIP/2.0 200"))).toBe(true);
});

test.each(["112", "911", "+112"])("threat L15: %s is called at the highest level, by whomever", (number) => {
  const world = new EdgeWorld();
  load(world, 400, 5);
  const stranger = world.phone("192.0.2.99", 5_060, "tls");
  invites(stranger, number);
  stranger.response(100);
  const { requestUri } = world.pbx().request("INVITE").message;
  expect(requestUri.kind === "sip" && requestUri.user).toBe(number);
});

test("threat L12: whoever had a call answered is proven, and calls when who is new there does not", () => {
  const world = new EdgeWorld();
  callUp(world);
  const fresh = world.phone("192.0.2.11");
  registered(world, fresh, { user: "1002" });
  expect(world.core.trust(world.now)).toEqual({ registered: 1, proven: 1 });
  // Two seconds of lag: new calls of who is not proven are refused, those of the proven not yet.
  while (world.core.load().pressure < 2) load(world, 60, 0.1);
  invites(fresh, "600", "1002");
  fresh.response(503);
  expect(statusOf(world.phone())).toBe(100);
});

test("threat L12: ten minutes without failure prove an account, a wrong password and the end of its registration take it back", () => {
  const world = new EdgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  const minute = (): void => {
    world.advance(60_000);
    phone.send(registerLines(phone, { cseq: ++cseq, expires: 3_600 }));
    const pbx = world.pbx();
    if (pbx.inbox.length > 0) pbx.send(replyLines(pbx.request("REGISTER").message, "200 OK", ["Expires: 3600"]));
    phone.inbox.length = 0;
  };
  let cseq = 1;
  registered(world, phone);
  for (let i = 0; i < 9; i++) minute();
  expect(world.core.trust(world.now)).toEqual({ registered: 1, proven: 0 });
  minute();
  minute();
  expect(world.core.trust(world.now)).toEqual({ registered: 0, proven: 1 });
  const guess = `Digest username="1001", realm="r", nonce="N", uri="sip:pbx.example.com", response="${"0".repeat(32)}"`;
  phone.send(registerLines(phone, { callId: "other", cseq: 1, extra: [`Authorization: ${guess}`] }));
  world.pbx().send(replyLines(world.pbx().request("REGISTER").message, "403 Forbidden"));
  expect(world.core.trust(world.now)).toEqual({ registered: 1, proven: 0 });
  world.feed({ kind: "flow-lost", flowId: phone.flow.id });
  expect(world.core.trust(world.now)).toEqual({ registered: 0, proven: 0 });
});

test("threat L12: who goes on calling while others are refused is no phone, however proven it was", () => {
  const world = new EdgeWorld();
  callUp(world);
  while (world.core.load().pressure < 2) load(world, 60, 0.1);
  const answers = Array.from({ length: 40 }, () => {
    const status = statusOf(world.phone());
    world.phone().inbox.length = 0;
    return status;
  });
  expect(answers.slice(0, 10)).not.toContain(503);
  expect(answers.slice(25)).toEqual(Array.from({ length: 15 }, () => 503));
  expect(world.core.trust(world.now).proven).toBe(0);
});

test("threat L12: a source has so many new requests a second, ten times as many once a phone is registered there; calls are none of it", () => {
  const world = new EdgeWorld("defence: { source: { new_transactions_per_second: 2 } }");
  const stranger = world.phone("192.0.2.99", 5_060, "tls");
  const asked = (phone: Party, times: number): number => {
    for (let i = 0; i < times; i++) invites(phone);
    return phone.inbox.splice(0).length;
  };
  expect(asked(stranger, 20)).toBe(10);
  invites(stranger, "112");
  stranger.response(100);
  stranger.inbox.length = 0;
  world.advance(1_000);
  expect(asked(stranger, 20)).toBe(2);
  // The call for help is repeated there.
  world.pbx().inbox.length = 0;
  const { phone, pbx, ok } = callUp(world);
  world.advance(10_000);
  phone.inbox.length = 0;
  expect(asked(phone, 250)).toBeGreaterThanOrEqual(100);
  expect(asked(phone, 20)).toBe(0);
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 20)));
  phone.response(200);
  expect(pbx.inbox.some(({ text }) => text.startsWith("BYE"))).toBe(true);
  const unheard = world.outputs.flatMap((o) =>
    o.kind === "count" && o.count.name === "unheard" ? [o.count.reason] : [],
  );
  expect(new Set(unheard)).toEqual(new Set(["transaction-rate"]));
});

test("threat L12: in shadow a rate of new requests is counted and said, and nobody is unheard", () => {
  const world = new EdgeWorld("defence: { mode: shadow, source: { new_transactions_per_second: 2 } }");
  for (let i = 0; i < 11; i++) invites(world.phone());
  expect(world.phone().inbox.every(({ text }) => text.startsWith("SIP/2.0 "))).toBe(true);
  expect(world.phone().inbox).toHaveLength(11);
  expect(world.events("shadow")[0]).toMatchObject({ rule: "rate", reason: "transaction-rate" });
});

test("the gate hears who is trusted at an address, and how hard it is pressed", () => {
  const world = new EdgeWorld();
  const { phone } = callUp(world);
  world.feed({ kind: "audit" });
  load(world, 400, 5);
  load(world, 1, 5);
  const heard = world.outputs.flatMap((o) => (o.kind === "source-trust" ? [[o.address, o.trust]] : []));
  expect(heard).toEqual([
    [phone.flow.packetSource.address, "registered"],
    [phone.flow.packetSource.address, "proven"],
  ]);
  const pressures = world.outputs.flatMap((o) => (o.kind === "gate-pressure" ? [o.pressure] : []));
  expect([Math.max(...pressures), pressures.at(-1)]).toEqual([6, 0]);
});

test("a change of level is one line, up as a warning with its figures, down as news", () => {
  const world = new EdgeWorld();
  load(world, 400, 5);
  load(world, 1, 5);
  const lines = world.events("overload").map(({ level, reason }) => [level, reason]);
  expect(lines).toEqual([
    ["warn", "strangers"],
    ["warn", "new-calls"],
    ["warn", "all-but-proven"],
    ["info", "new-calls"],
    ["info", "strangers"],
    ["info", "nobody"],
  ]);
  expect(world.events("overload")[0]?.detail).toBe("level 0 to 1: lag 400 ms, busy 100 %, fullest table 0 %");
});

test("with `defence.mode: shadow` nobody is refused, and each one that would be is counted and said", () => {
  const world = new EdgeWorld("defence: { mode: shadow }");
  const phone = world.phone();
  registered(world, phone);
  load(world, 400, 5);
  expect(statusOf(phone)).toBe(100);
  expect(world.events("shadow")).toMatchObject([{ rule: "overload", reason: "overloaded" }]);
});

test("with `defence.trust: off` registered phones are all alike", () => {
  const world = new EdgeWorld("defence: { trust: off }");
  callUp(world);
  expect(world.core.trust(world.now)).toEqual({ registered: 1, proven: 0 });
});
