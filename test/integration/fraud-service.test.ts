/** A fraud service of the operator's own: asked before a call leaves, and never in the way of one that must not wait. */
import { describe, expect, test } from "vitest";
import { callUp } from "../support/call-up.ts";
import { dial as dialOut } from "../support/carrier-call.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { branch, inviteLines, offer, registered } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const site = (more = "", policy = ""): string =>
  `policy: { country: DE, limits: { calls_per_account: 400 }, ${policy}fraud_service: { url: "https://fraud.example/", deadline: 300ms, ${more} } }`;
const says = (action: string, more = {}): string => JSON.stringify({ action, ...more });

function phoneOf(world: EdgeWorld, cseq = 1): Party {
  const phone = world.phone();
  for (const party of [phone, world.pbx()]) party.inbox.length = 0;
  registered(world, phone, { cseq });
  return phone;
}

/** The number of the last answer so far. */
function dial(
  phone: Party,
  to: string,
  lines = inviteLines(phone, { to: `sip:${to}@pbx.example.com`, callId: branch() }),
): string {
  phone.inbox.length = 0;
  phone.send([...lines, sdp], offer);
  return phone.inbox.at(-1)?.text.slice(8, 11) ?? "";
}

function asked(world: EdgeWorld) {
  return world.outputs.flatMap((output) => (output.kind === "fraud-ask" ? [output.question] : []));
}

test("a call outside is asked about, and waits for the answer", () => {
  const world = new EdgeWorld(site());
  const phone = phoneOf(world);
  expect(dial(phone, "030123456")).toBe("100");
  expect(world.pbx().inbox).toEqual([]);
  const [question] = asked(world);
  expect(question).toMatchObject({ version: 1, side: "phone", account: "1001", from: "1001", to: "+493012****" });
  expect(question).toMatchObject({ country: "DE", type: "fixed", trunk: null, source: null });
  world.feed({ kind: "fraud-answer", call: question?.call ?? "", text: says("allow") });
  world.pbx().request("INVITE");
});

test("`fields: whole` says the number and where the phone is", () => {
  const world = new EdgeWorld(site("fields: whole"));
  dial(phoneOf(world), "030123456");
  expect(asked(world)).toMatchObject([{ to: "+4930123456", source: "192.0.2.10" }]);
});

test("refused: the caller hears so with a decision, and the PBX hears nothing", () => {
  const world = new EdgeWorld(site());
  world.fraud = () => says("refuse");
  const phone = phoneOf(world);
  expect(dial(phone, "030123456")).toBe("403");
  expect(world.pbx().inbox).toEqual([]);
  expect(world.events("refused")).toMatchObject([{ rule: "fraud", reason: "fraud-service", account: "1001" }]);
  expect(world.events("call").at(-1)).toMatchObject({ reason: "fraud-service", status: 403 });
  expect(world.core.counts().calls).toBe(0);
});

test("suspended: the account's calls end on both legs, for as long as `on_fraud` says; another answer lifts it", () => {
  const { world, phone, pbx } = callUp(new EdgeWorld(site("", "on_fraud: { for: 1h }, ")));
  world.fraud = () => says("suspend");
  dial(phone, "030123456");
  for (const party of [phone, pbx]) expect(party.inbox.some(({ text }) => text.startsWith("BYE "))).toBe(true);
  expect(world.core.suspended()).toMatchObject([{ account: "1001", reason: "fraud-service" }]);
  world.fraud = () => says("allow", { resume: ["1001"] });
  const other = world.phone("192.0.2.11");
  pbx.inbox.length = 0;
  registered(world, other, { user: "1002", callId: "reg-1002" });
  dial(
    other,
    "030123456",
    inviteLines(other, { from: "<sip:1002@pbx.example.com>", to: "sip:030123456@pbx.example.com" }),
  );
  expect(world.core.suspended()).toEqual([]);
});

test("a forwarding that the PBX sends to a carrier is asked about too", () => {
  const world = new EdgeWorld(site());
  world.fraud = () => says("refuse");
  const pbx = dialOut(world, "+4930123456");
  pbx.response(403);
  expect(asked(world)).toMatchObject([{ side: "pbx", account: null, trunk: "carrier" }]);
  expect(world.carrier().inbox).toEqual([]);
});

test("threat L15: an emergency call does not wait, nor does an extension", () => {
  const world = new EdgeWorld(site("without_answer: refuse"));
  const phone = phoneOf(world);
  for (const to of ["112", "600"]) {
    dial(phone, to);
    world.pbx().request("INVITE");
  }
  expect(asked(world)).toEqual([]);
});

describe("no answer", () => {
  test.each([
    ["allow", "100", 1],
    ["refuse", "503", 0],
  ])("within the deadline: %s", (word, status, invites) => {
    const world = new EdgeWorld(site(`without_answer: ${word}`));
    const phone = phoneOf(world);
    world.pbx().inbox.length = 0;
    dial(phone, "030123456");
    world.advance(299);
    expect(world.pbx().inbox).toHaveLength(0);
    world.advance(1);
    expect(world.pbx().inbox).toHaveLength(invites);
    expect(phone.inbox.at(-1)?.text.slice(8, 11)).toBe(status);
  });

  test.each([
    "",
    "no",
    "[]",
    '{"action":"perhaps"}',
    '{"action":"allow","resume":[7]}',
    '{"action":"allow","resume":"1001"}',
  ])("nor is %j one", (text) => {
    const world = new EdgeWorld(site("without_answer: refuse"));
    world.fraud = () => text;
    expect(dial(phoneOf(world), "030123456")).toBe("503");
  });

  test("one that comes late changes nothing", () => {
    const world = new EdgeWorld(site());
    const phone = phoneOf(world);
    dial(phone, "030123456");
    world.advance(300);
    world.pbx().request("INVITE");
    world.feed({ kind: "fraud-answer", call: asked(world)[0]?.call ?? "", text: says("suspend") });
    expect(world.core.suspended()).toEqual([]);
    expect(world.core.counts().calls).toBe(1);
  });

  test("a service that is dead costs five callers their wait, and nobody else; one question tries it after ten seconds", () => {
    const world = new EdgeWorld(site());
    world.core.wallClock(0);
    const phone = phoneOf(world);
    for (let turn = 0; turn < 5; turn++) {
      dial(phone, "030123456");
      world.advance(300);
    }
    expect(world.events("fraud")).toMatchObject([{ reason: "service-silent" }]);
    const left = { answers: false, unanswered: 5, asked: 0, leftAloneUntil: world.now + 10_000 };
    expect(world.core.fraudService()).toMatchObject(left);
    world.pbx().inbox.length = 0;
    dial(phone, "030123456");
    world.pbx().request("INVITE");
    expect(asked(world)).toHaveLength(5);
    world.advance(10_000);
    world.fraud = () => says("allow");
    dial(phone, "030123456");
    expect(asked(world)).toHaveLength(6);
    expect(world.events("fraud").at(-1)).toMatchObject({ reason: "service-back" });
    expect(world.core.fraudService()).toMatchObject({ answers: true, unanswered: 0, leftAloneUntil: undefined });
  });

  test("threat L12: so many questions at one time and no more", () => {
    const world = new EdgeWorld(
      site().replace("calls_per_account: 400", "calls_per_account: 400, calls_per_second: 1000"),
    );
    const phone = phoneOf(world);
    for (let turn = 0; turn < 300; turn++) dial(phone, "030123456");
    expect(asked(world)).toHaveLength(256);
  });
});

test("a caller who hangs up while it waits is gone, and the answer means nothing", () => {
  const world = new EdgeWorld(site());
  const phone = phoneOf(world);
  const lines = inviteLines(phone, { to: "sip:030123456@pbx.example.com" });
  dial(phone, "030123456", lines);
  phone.send(lines.map((line) => line.replace("INVITE sip", "CANCEL sip").replace("10 INVITE", "10 CANCEL")));
  expect(phone.inbox.some(({ text }) => text.startsWith("SIP/2.0 487"))).toBe(true);
  world.feed({ kind: "fraud-answer", call: asked(world)[0]?.call ?? "", text: says("allow") });
  expect(world.core.counts().calls).toBe(0);
  expect(world.pbx().inbox).toEqual([]);
});

test("in shadow no call waits, and what it says is written down", () => {
  const world = new EdgeWorld(site("mode: shadow"));
  const phone = phoneOf(world);
  dial(phone, "030123456");
  world.pbx().request("INVITE");
  world.feed({ kind: "fraud-answer", call: asked(world)[0]?.call ?? "", text: says("suspend") });
  expect(world.events("shadow")).toMatchObject([{ rule: "fraud", reason: "fraud-service", account: "1001" }]);
  expect(world.core.suspended()).toEqual([]);
  expect(world.core.counts().calls).toBe(1);
});
