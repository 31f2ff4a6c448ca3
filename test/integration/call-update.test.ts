import { expect, test } from "vitest";
import { callUp, pbxDialog, phoneDialog } from "../support/call-up.ts";
import { answer, heldOffer, inDialogLines, offer, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const fromPhone = [sdp, "Contact: <sip:1001@192.0.2.10:40000>"];
const fromPbx = [sdp, "Contact: <sip:600@10.0.0.5>"];

test("RFC 3311: an UPDATE with an offer crosses with the media relay's SDP, and so does its answer", () => {
  const { phone, pbx, ok } = callUp();
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 11), fromPhone), `${offer}a=hold\r\n`);
  const { message: update, text } = pbx.request("UPDATE");
  expect(text).toContain("s=anchored-for-b");
  expect(text).toContain("a=hold");
  expect(text).not.toContain("192.0.2.10");
  pbx.send(replyLines(update, "200 OK", fromPbx), answer);
  const done = phone.response(200);
  expect(done.text).toContain("s=anchored-for-a");
  expect(done.message.headers.get("Contact")).toBe("<sip:600@203.0.113.1:5060>");
});

test("an UPDATE without SDP is a sign of life: answered here, moves the target, and the other side hears nothing", () => {
  const { phone, pbx, invite, ok } = callUp();
  pbx.send(inDialogLines(pbx, "UPDATE", pbxDialog(invite, 1), ["Contact: <sip:new@10.0.0.5>"]));
  const { message } = pbx.response(200);
  expect([message.headers.get("Contact"), message.body.length]).toEqual([invite.headers.get("Contact"), 0]);
  expect(phone.inbox).toEqual([]);
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 12)));
  expect(pbx.request("BYE").text).toMatch(/^BYE sip:new@10\.0\.0\.5 /);
});

for (const [status, phrase] of [
  [488, "Not Acceptable Here"],
  [491, "Request Pending"],
  [405, "Method Not Allowed"],
] as const) {
  test(`an UPDATE refused with ${status} is undone at the media relay, and the call goes on`, () => {
    const { world, phone, pbx, ok } = callUp();
    phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 11), fromPhone), heldOffer);
    pbx.send(replyLines(pbx.request("UPDATE").message, `${status} ${phrase}`));
    phone.response(status);
    expect(world.outputs.filter((o) => o.kind === "media-rollback")).toHaveLength(1);
    expect(world.core.counts().calls).toBe(1);
    phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 12), fromPhone), heldOffer);
    pbx.request("UPDATE");
  });
}

test("an UPDATE that nobody answers is undone when its sender still listens", () => {
  const { world, phone, pbx, ok } = callUp();
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 11), fromPhone), heldOffer);
  pbx.request("UPDATE");
  world.advance(21_000);
  phone.response(408);
  expect(world.outputs.filter((o) => o.kind === "media-rollback")).toHaveLength(1);
});

test("RFC 3311 section 5.2: while an offer waits, another of the same side gets 500 and one of the other side 491", () => {
  const { phone, pbx, invite, ok } = callUp();
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 11), fromPhone), heldOffer);
  pbx.request("UPDATE");
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 12), fromPhone), heldOffer);
  const wait = Number(phone.response(500).message.headers.get("Retry-After"));
  expect(wait >= 0 && wait <= 10).toBe(true);
  phone.send(inDialogLines(phone, "INVITE", phoneDialog(ok, 13), fromPhone), heldOffer);
  phone.response(500);
  pbx.send(inDialogLines(pbx, "UPDATE", pbxDialog(invite, 1), fromPbx), answer);
  pbx.response(491);
  pbx.send(inDialogLines(pbx, "INVITE", pbxDialog(invite, 2), fromPbx), answer);
  pbx.response(491);
});

test("an UPDATE whose SDP the media relay refuses stays here, and the call goes on", () => {
  const { world, phone, pbx, ok } = callUp();
  world.media = () => ({ ok: false, status: 488, reason: "bad-address", text: "No" });
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 11), fromPhone), heldOffer);
  phone.response(488);
  expect(pbx.inbox).toHaveLength(0);
  expect(world.core.counts().calls).toBe(1);
});

test("an answer to an UPDATE that the media relay refuses ends the call on both sides", () => {
  const { world, phone, pbx, ok } = callUp();
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 11), fromPhone), heldOffer);
  const { message: update } = pbx.request("UPDATE");
  world.media = () => ({ ok: false, status: 488, reason: "answer-mismatch", text: "No" });
  pbx.send(replyLines(update, "200 OK", fromPbx), answer);
  phone.response(488);
  phone.request("BYE");
  pbx.request("BYE");
  expect(world.core.counts().calls).toBe(0);
});

test("threat L4: the PBX's challenge to an UPDATE or re-INVITE reaches the phone, whose credentials cross; a phone's goes nowhere", () => {
  const { phone, pbx, invite, ok } = callUp();
  const challenge = 'Proxy-Authenticate: Digest realm="myvoipapp.com", nonce="ABC", algorithm=MD5';
  const digest =
    'Proxy-Authorization: Digest username="1001", realm="myvoipapp.com", nonce="ABC", uri="sip:600@203.0.113.1:5060", response="0123456789abcdef0123456789abcdef"';
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 11), fromPhone), heldOffer);
  pbx.send(replyLines(pbx.request("UPDATE").message, "407 Proxy Authentication Required", [challenge]));
  expect(phone.response(407).text).toContain('nonce="ABC"');
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 12), [...fromPhone, digest]), heldOffer);
  const { message: update, text } = pbx.request("UPDATE");
  expect(text).toContain('username="1001"');
  pbx.send(replyLines(update, "200 OK", fromPbx), answer);
  phone.response(200);
  phone.send(inDialogLines(phone, "INVITE", phoneDialog(ok, 13), [...fromPhone, digest]), offer);
  phone.response(100);
  expect(pbx.request("INVITE").text).toContain('username="1001"');
  pbx.send(inDialogLines(pbx, "INFO", pbxDialog(invite, 1), [digest]));
  const { message: info, text: toPhone } = phone.request("INFO");
  expect(toPhone).not.toContain("Digest");
  phone.send(replyLines(info, "407 Proxy Authentication Required", [challenge]));
  expect(pbx.response(403).text).not.toContain("Digest");
});
