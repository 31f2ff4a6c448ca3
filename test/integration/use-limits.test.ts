/** What an account or a trunk may use of a day and an hour: refused at the begin, cut in the call. */
import { expect, test } from "vitest";
import { nothingLeft } from "../support/call-up.ts";
import { dial } from "../support/carrier-call.ts";
import { EdgeWorld, type Party, type WorldOptions } from "../support/edge-world.ts";
import { answer, branch, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const rates = "currency,EUR\n+49,0.60\n+44,6,1,60/60\n";
const MINUTE = 60_000;

function worldWith(policy: string, options: WorldOptions = {}, wall = "2026-11-23T11:00:00Z"): EdgeWorld {
  const world = new EdgeWorld(`policy:\n  limits: { calls_per_account: 5 }\n  ${policy}\n`, { rates, ...options });
  world.core.wallClock(Date.parse(wall) - world.now);
  return world;
}

/** Registered, anew after a while. */
function phoneOf(world: EdgeWorld, cseq = 1): Party {
  const phone = world.phone();
  for (const party of [phone, world.pbx()]) party.inbox.length = 0;
  registered(world, phone, { cseq });
  return phone;
}

/** The first answer; with 100 the INVITE is at the PBX. */
function call(phone: Party, to = "+49301"): string {
  phone.inbox.length = 0;
  phone.send([...inviteLines(phone, { to: `sip:${to}@pbx.example.com`, callId: branch() }), sdp], offer);
  return phone.next().text.split("\r\n")[0]?.slice(8) ?? "";
}

/** The PBX takes the call that was just begun. */
function answered(world: EdgeWorld, phone: Party): void {
  const pbx = world.pbx();
  const { message } = pbx.request("INVITE");
  pbx.send([...replyLines(message, "200 OK", ["Contact: <sip:600@10.0.0.5>"], branch()), sdp], answer);
  pbx.request("ACK");
  const { message: ok } = phone.response(200);
  const dialog = [`From: ${ok.headers.get("From")}`, `To: ${ok.headers.get("To")}`, `Call-ID: ${ok.callId}`];
  const via = `Via: SIP/2.0/UDP 192.0.2.10:40000;branch=${branch()};rport`;
  phone.send(["ACK sip:600@203.0.113.1 SIP/2.0", via, "Max-Forwards: 70", ...dialog, "CSeq: 10 ACK"]);
}

/** BYE on either leg, with the Reason that both must have. */
function cutOnBothLegs(world: EdgeWorld, phone: Party): string | undefined {
  const [one, other] = [phone, world.pbx()].map((party) => {
    const { message } = party.request("BYE");
    party.send(replyLines(message, "200 OK"));
    return message.headers.get("Reason");
  });
  expect(one).toBe(other);
  return one;
}

test("the call in which the minutes of the day end is ended on both legs, to the second, and the next is refused", () => {
  const world = worldWith("accounts: { default: { minutes_per_day: 5 } }");
  const phone = phoneOf(world);
  call(phone);
  answered(world, phone);
  world.advance(5 * MINUTE - 500);
  expect(phone.inbox).toEqual([]);
  world.advance(500);
  expect(cutOnBothLegs(world, phone)).toBe('SIP;cause=403;text="Minutes of the day used up"');
  expect(world.events("call").at(-1)).toMatchObject({ reason: "minutes-limit", ended_by: "ringfence" });
  // A hundred milliseconds are left, which is the margin of the timer.
  world.advance(100);
  phoneOf(world, 2);
  expect(call(phone)).toBe("100 Trying");
  answered(world, phone);
  world.advance(200);
  cutOnBothLegs(world, phone);
  expect(call(phone, "600")).toBe("100 Trying");
});

test("two calls at one time use up the money together; at midnight of the account's zone there is new", () => {
  const world = worldWith(
    "accounts: { default: { spend_per_day: 1.20, zone: Europe/Berlin } }\n  rates: { file: rates.csv }",
  );
  const phone = phoneOf(world);
  // One cent a second each.
  for (const to of ["+49301", "+49302"]) {
    call(phone, to);
    answered(world, phone);
  }
  world.advance(59_000);
  expect(phone.inbox).toEqual([]);
  world.advance(1_000);
  expect(cutOnBothLegs(world, phone)).toBe('SIP;cause=403;text="Budget of the day used up"');
  cutOnBothLegs(world, phone);
  expect(call(phone)).toBe("403 Budget Of The Day Used Up");
  expect(call(phone, "600")).toBe("100 Trying");
  expect(world.events("refused").at(-1)).toMatchObject({ rule: "use", reason: "spend-limit" });
  world.core.wallClock(Date.parse("2026-11-23T23:00:00Z") - world.now);
  expect(call(phone)).toBe("100 Trying");
});

test("what a call costs at its beginning must be there, also for calls that only ring, and a number without a price is refused", () => {
  const world = worldWith("accounts: { default: { spend_per_day: 15 } }\n  rates: { file: rates.csv }");
  const phone = phoneOf(world);
  expect([call(phone, "+44201"), call(phone, "+44202"), call(phone, "+44203")]).toEqual([
    "100 Trying",
    "100 Trying",
    "403 Budget Of The Day Used Up",
  ]);
  expect(call(phone, "+33123")).toBe("403 No Price For This Number");
});

test("an hour allows so many calls; being asked for a password is none", () => {
  const world = worldWith("accounts: { default: { calls_per_hour: 2 } }");
  const phone = phoneOf(world);
  const pbx = world.pbx();
  for (let asked = 0; asked < 3; asked++) {
    expect(call(phone)).toBe("100 Trying");
    pbx.send(
      replyLines(pbx.request("INVITE").message, "407 Proxy Authentication Required", [
        'Proxy-Authenticate: Digest realm="p", nonce="n"',
      ]),
    );
    pbx.request("ACK");
  }
  const busy = () => pbx.send(replyLines(pbx.request("INVITE").message, "486 Busy Here"));
  expect(call(phone)).toBe("100 Trying");
  busy();
  pbx.request("ACK");
  world.advance(60_000);
  expect(call(phone)).toBe("100 Trying");
  busy();
  expect(call(phone)).toBe("403 Too Many Calls This Hour");
  world.advance(60 * MINUTE - 60_000);
  phoneOf(world, 2);
  expect(call(phone)).toBe("100 Trying");
  expect(call(phone)).toBe("403 Too Many Calls This Hour");
});

test("an account's own duration ends its calls sooner than the general one, and an emergency call has the general one", () => {
  const world = worldWith(
    'accounts: { default: { call_duration: 30s, calls_per_hour: 0, hours: "Sun 03:00-04:00 Europe/Berlin" } }',
  );
  const phone = phoneOf(world);
  expect(call(phone)).toBe("403 Outside Opening Hours");
  expect(call(phone, "112")).toBe("100 Trying");
  answered(world, phone);
  world.advance(45_000);
  expect(phone.inbox).toEqual([]);
  expect(world.core.counts()).toMatchObject({ calls: 1, paidCalls: 0 });
  const other = worldWith("accounts: { default: { call_duration: 30s } }");
  const another = phoneOf(other);
  call(another);
  answered(other, another);
  other.advance(30_000);
  expect(cutOnBothLegs(other, another)).toBe('SIP;cause=503;text="Call duration limit"');
});

test("in shadow what would have ended a call is said once, and the call goes on", () => {
  const world = worldWith("accounts: { default: { minutes_per_day: 5, call_duration: 1m, mode: shadow } }");
  const phone = phoneOf(world);
  call(phone);
  answered(world, phone);
  for (let minute = 0; minute < 20; minute++) world.advance(MINUTE);
  expect(world.core.counts().calls).toBe(1);
  world.feed({ kind: "suspend", account: "1001", forMs: undefined });
  expect(world.events("shadow").map(({ reason }) => reason)).toEqual(["minutes-limit", "max-duration"]);
});

test("a reload that gives more minutes lets the call go on, one that takes them ends it", () => {
  const file = (minutes: number) => `
pbx: { address: 10.0.0.5:5060, transport: udp }
phones: { domains: [pbx.example.com], registration: { phone_expires: 300s } }
core: { phones_from: 10.0.0.2:5060, trunks_from: 10.0.0.3:5060 }
policy: { accounts: { default: { minutes_per_day: ${minutes} } } }
`;
  const world = worldWith("", { file: file(2) });
  const phone = phoneOf(world);
  call(phone);
  answered(world, phone);
  world.apply({ file: file(10) });
  world.advance(3 * MINUTE);
  expect(phone.inbox).toEqual([]);
  world.apply({ file: file(3) });
  cutOnBothLegs(world, phone);
});

test("a trunk whose money of the day is used up gets no more calls: another one does, and without another they are refused", () => {
  const trunk = (name: string, address: string, budget: string) =>
    `  - name: ${name}\n    hosts: [{ uri: "sip:${address}" }]\n    from: [${address}]\n    limits: { out: { spend_per_day: ${budget} } }\n`;
  const first = trunk("first", "198.51.100.1", "0.30");
  const second = trunk("second", "198.51.100.2", "0.005");
  const world = worldWith("rates: { file: rates.csv }", { trunks: `\n${first}` });
  dial(world);
  const { message } = world.carrier("198.51.100.1", "first").request("INVITE");
  world
    .carrier("198.51.100.1", "first")
    .send([...replyLines(message, "200 OK", ["Contact: <sip:c@198.51.100.1>"]), sdp], answer);
  world.advance(30_000);
  expect(world.events("call").at(-1)).toMatchObject({ reason: "spend-limit", trunk: "first" });
  expect(() => dial(world)).toThrow("403");
  const both = worldWith("rates: { file: rates.csv }", { trunks: `\n${second}${first}` });
  dial(both);
  expect(both.carrier("198.51.100.1", "first").request("INVITE")).toBeDefined();
});

test("threat L15: while use cannot be written down, limited calls are refused and those in progress go on; emergency calls pass", () => {
  const world = worldWith('accounts: { default: { minutes_per_day: 5 }, "1002": { minutes_per_day: 1000000 } }');
  const phone = phoneOf(world);
  call(phone);
  answered(world, phone);
  world.core.takeUse(world.now, false);
  expect(call(phone)).toBe("503 Limits Cannot Be Checked");
  expect(call(phone, "112")).toBe("100 Trying");
  expect(world.core.counts().calls).toBe(2);
  world.core.takeUse(world.now, true);
  expect(call(phone)).toBe("100 Trying");
});

test("a restart forgets nothing that was used", () => {
  const policy = "accounts: { default: { minutes_per_day: 5 } }";
  const world = worldWith(policy);
  const phone = phoneOf(world);
  call(phone);
  answered(world, phone);
  world.advance(2 * MINUTE);
  const restored = world.core
    .takeUse(world.now, true)
    .flatMap(([payer, record]) => (record === undefined ? [] : [[payer, record] as const]));
  const next = worldWith(policy, {}, "2026-11-23T11:10:00Z");
  // Known to have lived one minute more than was written down.
  const aliveAt = Date.parse("2026-11-23T11:03:00Z");
  next.core.restoreUse(next.now, { restored, aliveAt, keep: () => {}, working: true });
  const again = phoneOf(next);
  call(again);
  answered(next, again);
  next.advance(2 * MINUTE - 500);
  expect(again.inbox).toEqual([]);
  next.advance(1_000);
  cutOnBothLegs(next, again);
});

test("the audit finds a call that ended unheard, says so and settles it", () => {
  const world = worldWith("accounts: { default: { minutes_per_day: 5 } }");
  const phone = phoneOf(world);
  call(phone);
  world.feed({ kind: "audit" });
  expect(world.core.counts().paidCalls).toBe(1);
  world.pbx().send(replyLines(world.pbx().request("INVITE").message, "486 Busy Here"));
  world.pbx().request("ACK");
  world.advance(40_000);
  world.feed({ kind: "audit" });
  expect(world.core.counts()).toMatchObject({ ...nothingLeft, paidCalls: 0 });
});
