/** Accounts whose calls look like fraud: what follows, through the whole edge. */
import { expect, test } from "vitest";
import { callUp } from "../support/call-up.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { branch, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const DAY = 86_400_000;
const limits = "country: DE, limits: { calls_per_account: 50 }";
const suspending = `policy: { ${limits}, anomaly: { action: suspend }, on_fraud: { for: 2h } }`;

function phoneOf(world: EdgeWorld, cseq = 1): Party {
  const phone = world.phone();
  for (const party of [phone, world.pbx()]) party.inbox.length = 0;
  registered(world, phone, { cseq });
  world.pbx().inbox.length = 0;
  phone.inbox.length = 0;
  return phone;
}

/** The first answer to an INVITE. */
function dial(phone: Party, to: string): string {
  phone.inbox.length = 0;
  phone.send([...inviteLines(phone, { to: `sip:${to}@pbx.example.com`, callId: branch() }), sdp], offer);
  return phone.inbox.at(-1)?.text.split("\r\n")[0]?.slice(8) ?? "";
}

function invitesAt(pbx: Party): number {
  return pbx.inbox.filter(({ message }) => message.kind === "request" && message.method === "INVITE").length;
}

test("a burst of calls: twelve get through, the thirteenth is refused, and all of them end on both legs", () => {
  const world = new EdgeWorld(suspending);
  const phone = phoneOf(world);
  const said = Array.from({ length: 13 }, (_, turn) => dial(phone, `0891234${turn * 37 + 100}`));
  expect(said.slice(0, 12)).toEqual(Array(12).fill("100 Trying"));
  expect(phone.inbox.some(({ text }) => text.startsWith("SIP/2.0 403"))).toBe(true);
  expect(invitesAt(world.pbx())).toBe(12);
  expect(world.core.counts().calls).toBe(0);
  expect(world.events("fraud")).toMatchObject([
    { account: "1001", reason: "burst", detail: "suspend" },
    { account: "1001", reason: "suspended", detail: "burst, for 7200 s" },
  ]);
  expect(world.core.suspended()).toMatchObject([{ account: "1001", reason: "burst" }]);
  expect(dial(phone, "112")).toBe("100 Trying");
});

test("its call that is up ends by BYE on both legs, an emergency call of it goes on", () => {
  const { world, phone, pbx } = callUp(new EdgeWorld(suspending));
  dial(phone, "112");
  for (let turn = 0; turn < 13; turn++) dial(phone, `0891234${turn * 37 + 100}`);
  const byes = [phone, pbx].map(({ inbox }) => inbox.filter(({ text }) => text.startsWith("BYE ")));
  for (const [bye] of byes) expect(bye?.text).toContain('Reason: SIP;cause=403;text="Account suspended"');
  expect(world.core.counts().calls).toBe(1);
});

test("five numbers that follow each other: four get through", () => {
  const world = new EdgeWorld(suspending);
  const phone = phoneOf(world);
  for (let turn = 0; turn < 5; turn++) dial(phone, `+88299900${10 + turn}`.replace("+88299900", "+44207946"));
  expect(invitesAt(world.pbx())).toBe(4);
  expect(world.core.suspended()).toMatchObject([{ reason: "sequential-dialling" }]);
});

test("with `policy.geoip` a call from another country while one is up is found, from another network of the same one it is not", () => {
  const countryOf = (address: string): string => (address.startsWith("203.") ? "VN" : "DE");
  const world = new EdgeWorld(suspending, { countryOf });
  const [here, near, far] = ["192.0.2.10", "198.18.0.9", "203.0.114.5"].map((address, cseq) => {
    const phone = world.phone(address, 40_000, "tls");
    registered(world, phone, { callId: address, cseq: cseq + 1 });
    return phone;
  }) as [Party, Party, Party];
  expect([dial(here, "0891234100"), dial(near, "0891234200")]).toEqual(["100 Trying", "100 Trying"]);
  dial(far, "0891234300");
  expect(world.core.suspended()).toMatchObject([{ account: "1001", reason: "simultaneous" }]);
  expect(world.core.counts().calls).toBe(0);
});

test("with `alert` the call goes on, and the line is there", () => {
  const world = new EdgeWorld(`policy: { ${limits}, anomaly: {} }`);
  const phone = phoneOf(world);
  for (let turn = 0; turn < 13; turn++) dial(phone, `0891234${turn * 37 + 100}`);
  expect(invitesAt(world.pbx())).toBe(13);
  expect(world.events("fraud")).toMatchObject([{ reason: "burst", detail: "alert" }]);
  expect(world.outputs).toContainEqual({ kind: "count", count: { name: "frauds", reason: "burst", action: "alert" } });
  expect(world.core.suspended()).toEqual([]);
});

test("in shadow it is only looked at", () => {
  const world = new EdgeWorld(`policy: { ${limits}, anomaly: { action: suspend, mode: shadow } }`);
  const phone = phoneOf(world);
  for (let turn = 0; turn < 13; turn++) dial(phone, `0891234${turn * 37 + 100}`);
  expect(invitesAt(world.pbx())).toBe(13);
  expect(world.events("shadow")).toMatchObject([{ rule: "anomaly", reason: "burst", account: "1001" }]);
  expect(world.events("fraud")).toEqual([]);
});

test("an account whose first call abroad comes after a week: refused, lifted by time, and again; lifted by hand it may", () => {
  const world = new EdgeWorld(suspending);
  dial(phoneOf(world), "089123456");
  world.advance(8 * DAY);
  const abroad = (cseq: number): string => {
    const phone = phoneOf(world, cseq);
    dial(phone, "0033140000000");
    return phone.inbox.at(-1)?.text.split(" ")[1] ?? "";
  };
  expect(abroad(2)).toBe("403");
  expect(world.core.suspended()).toMatchObject([{ reason: "first-international" }]);
  world.advance(2 * 3_600_000);
  world.feed({ kind: "audit" });
  expect(abroad(3)).toBe("403");
  world.feed({ kind: "resume", account: "1001" });
  expect(abroad(4)).toBe("100");
});

test("wangiri: who calls back what rang once is stopped before it rings there", () => {
  const world = new EdgeWorld(suspending);
  dial(phoneOf(world), "089123456");
  world.advance(8 * DAY);
  const phone = phoneOf(world, 2);
  const contact = registered(world, phone, { cseq: 3 }).headers.get("Contact") ?? "";
  const pbx = world.pbx();
  pbx.inbox.length = 0;
  const to = contact.slice(1, contact.indexOf(">"));
  const lines = inviteLines(pbx, { to, from: "<sip:+37060000017@10.0.0.5>", callId: "wangiri" });
  pbx.send([...lines, sdp], offer);
  phone.send(replyLines(phone.request("INVITE").message, "180 Ringing"));
  world.advance(1_000);
  pbx.send(lines.map((line) => line.replace("INVITE", "CANCEL")));
  phone.request("CANCEL");
  pbx.inbox.length = 0;
  dial(phone, "0037060000042");
  expect(invitesAt(pbx)).toBe(0);
  expect(world.core.suspended()).toMatchObject([{ reason: "call-back" }]);
});

test("a restart forgets nothing of it", () => {
  const world = new EdgeWorld(suspending);
  dial(phoneOf(world), "089123456");
  const kept = world.core.takeUse(world.now, true);
  expect(kept.map(([key]) => key).sort()).toEqual(["account 1001", "history 1001", "watching"]);
  const restored = kept.map(([key, record]) => [key, JSON.parse(JSON.stringify(record))] as const);
  const next = new EdgeWorld(suspending);
  next.core.wallClock(Date.now() - next.now + 8 * DAY);
  next.core.restoreUse(next.now, { restored, aliveAt: 0, keep: () => {}, working: true });
  dial(phoneOf(next), "0033140000000");
  expect(next.core.suspended()).toMatchObject([{ reason: "first-international" }]);
});
