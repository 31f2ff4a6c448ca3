/** RFC 4028 at the border: each side of a call has a session timer of its own. */
import type { Request, Response } from "@ringfence/sip";
import { expect, test } from "vitest";
import { callUp, nothingLeft, pbxDialog, phoneDialog } from "../support/call-up.ts";
import { dial, threeHosts } from "../support/carrier-call.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { answer, heldOffer, inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";
import { allowUpdate, coreTimer, sdp, timedCall } from "../support/timed-call.ts";

const timer = ["Supported: timer"];

const terms = ({ headers }: Request | Response) => [headers.get("Session-Expires"), headers.get("Require")];

test("a phone that knows session timers gets ours, and we refresh it; the PBX hears nothing of timers", () => {
  const { ok, invite } = timedCall(timer);
  expect(terms(ok)).toEqual(["1800;refresher=uas", "timer"]);
  expect([invite.headers.get("Session-Expires"), invite.headers.get("Supported")]).toEqual([undefined, undefined]);
});

test("a phone that knows them, asked for none and never refreshes keeps its call: the refreshes are ours", () => {
  const { world, phone } = timedCall([...timer, allowUpdate]);
  for (let refreshes = 0; refreshes < 4; refreshes++) {
    world.advance(900_000);
    phone.send(replyLines(phone.request("UPDATE").message, "200 OK", ["Session-Expires: 1800;refresher=uac"]));
  }
  expect(world.core.counts().calls).toBe(1);
});

test("a phone that does not know them is not held to one", () => {
  const { world, ok } = timedCall([]);
  expect(terms(ok)).toEqual([undefined, undefined]);
  world.advance(3_000_000);
  expect(world.core.counts().calls).toBe(1);
});

test.each([
  ["x: 600;refresher=uas", "600;refresher=uas"],
  ["Session-Expires: 600;refresher=UAC", "600;refresher=uac"],
  ["Session-Expires: 7200", "1800;refresher=uac"],
])("RFC 4028 section 9: %s is granted as %s", (asked, granted) => {
  expect(terms(timedCall([...timer, asked]).ok)).toEqual([granted, "timer"]);
});

test("RFC 4028 section 9: too small an interval is 422 with our Min-SE, and nothing is left of the INVITE", () => {
  const world = new EdgeWorld("", { phones: "session_timer: { expires: 1h, min: 5m }" });
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), sdp, ...timer, "Session-Expires: 299"], offer);
  phone.response(100);
  expect(phone.response(422).message.headers.get("Min-SE")).toBe("300");
  expect(world.core.counts().calls).toBe(0);
});

test("a Session-Expires that is none is refused, and Require: timer is met where timers are on and not where they are off", () => {
  for (const [extra, phones, status] of [
    ["Session-Expires: soon", "", 400],
    ["Require: timer", "session_timer: { expires: off }", 420],
    ["Session-Expires: soon", "session_timer: { expires: off }", 0],
  ] as const) {
    const world = new EdgeWorld("", { phones: `registration: { phone_expires: 300s }\n  ${phones}` });
    const phone = world.phone();
    registered(world, phone);
    phone.send([...inviteLines(phone), sdp, extra], offer);
    if (status !== 420) phone.response(100);
    if (status !== 0) phone.response(status);
    expect(world.core.counts().calls).toBe(status === 0 ? 1 : 0);
  }
  expect(terms(timedCall(["Require: timer"]).ok)).toEqual(["1800;refresher=uas", "timer"]);
});

test("RFC 4028 section 10: a phone that does not refresh in time ends the call on both sides, 32 s before the end, with a Reason", () => {
  const { world, phone, pbx } = timedCall([...timer, "Session-Expires: 600;refresher=uac"]);
  world.advance(567_000);
  expect(world.core.counts().calls).toBe(1);
  world.advance(2_000);
  for (const party of [phone, pbx]) {
    const { message } = party.request("BYE");
    expect(message.headers.get("Reason")).toBe('SIP;cause=408;text="Session expired"');
    party.send(replyLines(message, "200 OK"));
  }
  world.advance(64_000);
  expect(world.core.counts()).toMatchObject({ ...nothingLeft, timers: 0 });
  expect(world.events("call").at(-1)).toMatchObject({ reason: "session-expired" });
});

test("a phone's refresh is answered here: UPDATE without SDP, UPDATE and re-INVITE with the same SDP; the PBX hears nothing", () => {
  const { world, phone, pbx, ok } = timedCall([...timer, "Session-Expires: 600"]);
  const refresh = [...timer, "Session-Expires: 600;refresher=uac", "Contact: <sip:1001@192.0.2.10:40000>"];
  world.advance(300_000);
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 11), refresh));
  expect(terms(phone.response(200).message)).toEqual(["600;refresher=uac", "timer"]);
  world.advance(300_000);
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 12), [...refresh, sdp]), offer);
  expect(phone.response(200).text).toContain("anchored-for-a");
  world.advance(300_000);
  phone.send(inDialogLines(phone, "INVITE", phoneDialog(ok, 13), [...refresh, sdp]), offer);
  phone.response(100);
  const again = phone.response(200);
  expect(terms(again.message)).toEqual(["600;refresher=uac", "timer"]);
  expect(Buffer.from(again.message.body)).toEqual(Buffer.from(ok.body));
  phone.send(inDialogLines(phone, "ACK", phoneDialog(ok, 13)));
  world.advance(500_000);
  expect(pbx.inbox).toEqual([]);
  expect(world.core.counts().calls).toBe(1);
});

test("the same SDP crosses once the other side has offered something since", () => {
  const { phone, pbx, ok, invite } = timedCall(timer);
  pbx.send(inDialogLines(pbx, "UPDATE", pbxDialog(invite, 1), [sdp, "Contact: <sip:600@10.0.0.5>"]), heldOffer);
  phone.send([...replyLines(phone.request("UPDATE").message, "200 OK"), sdp], answer);
  pbx.response(200);
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 11), [sdp, "Contact: <sip:1001@192.0.2.10:40000>"]), offer);
  pbx.request("UPDATE");
});

test("a refresh that asks for no session timer ends it (RFC 4028 section 7.2)", () => {
  const { world, phone, ok } = timedCall([...timer, "Session-Expires: 600"]);
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 11), ["Contact: <sip:1001@192.0.2.10:40000>"]));
  expect(terms(phone.response(200).message)).toEqual([undefined, undefined]);
  world.advance(3_000_000);
  expect(world.core.counts().calls).toBe(1);
});

test("towards a PBX that takes part: asked in the INVITE, granted in the 2xx, each leg on its own", () => {
  const world = new EdgeWorld("", { core: coreTimer });
  const { invite, pbx, phone } = timedCall(
    [...timer, "Session-Expires: 1800"],
    ["Session-Expires: 600;refresher=uas"],
    world,
  );
  expect([invite.headers.get("Session-Expires"), invite.headers.get("Supported")]).toEqual(["600", "timer"]);
  world.advance(569_000);
  pbx.request("BYE");
  phone.request("BYE");
});

test("a re-INVITE that crosses carries each leg's own terms", () => {
  const world = new EdgeWorld("", { core: coreTimer });
  const { pbx, phone, ok } = timedCall(
    [...timer, "Session-Expires: 1800"],
    ["Session-Expires: 600;refresher=uac"],
    world,
  );
  const contact = [sdp, "Contact: <sip:1001@192.0.2.10:40000>", ...timer, "Session-Expires: 1700;refresher=uac"];
  phone.send(inDialogLines(phone, "INVITE", phoneDialog(ok, 11), contact), heldOffer);
  phone.response(100);
  const { message } = pbx.request("INVITE");
  expect(message.headers.get("Session-Expires")).toBe("600;refresher=uac");
  const granted = ["Contact: <sip:600@10.0.0.5>", "Session-Expires: 500;refresher=uas"];
  pbx.send([...replyLines(message, "200 OK", granted), sdp], answer);
  pbx.request("ACK");
  expect(terms(phone.response(200).message)).toEqual(["1700;refresher=uac", "timer"]);
  phone.send(inDialogLines(phone, "ACK", phoneDialog(ok, 11)));
  world.advance(469_000);
  expect(world.core.counts().calls).toBe(0);
});

test("a call to a phone that grants what we asked", () => {
  const { world, phone } = callUp();
  const pbx = world.pbx();
  pbx.send([...inviteLines(pbx, { to: registeredTarget(world), from: "<sip:600@10.0.0.5>" }), sdp], offer);
  pbx.response(100);
  const { message } = phone.request("INVITE");
  expect([message.headers.get("Session-Expires"), message.headers.get("Supported")]).toEqual(["1800", "timer"]);
});

test("towards a carrier: asked as its trunk says, or not at all", () => {
  for (const [rest, expected] of [
    ["    session_timer: { expires: 20m, min: 5m }", ["1200", "300", "timer"]],
    ["    session_timer: { expires: off }", [undefined, undefined, undefined]],
  ] as const) {
    const world = new EdgeWorld("", { trunks: threeHosts(rest) });
    dial(world);
    const { headers } = world.carrier("198.51.100.1").request("INVITE").message;
    expect(["Session-Expires", "Min-SE", "Supported"].map((name) => headers.get(name))).toEqual(expected);
  }
});

/** The Contact that the PBX was told for the phone. */
function registeredTarget(world: EdgeWorld): string {
  const register = world.sent.find(({ message }) => message.kind === "request" && message.method === "REGISTER");
  const contact = register?.message.headers.get("Contact") ?? "";
  return contact.slice(contact.indexOf("<") + 1, contact.indexOf(">"));
}
