import { expect, test } from "vitest";
import { callUp, pbxDialog, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { answer, heldOffer, inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";

function calling(): { readonly world: EdgeWorld; readonly phone: Party; readonly pbx: Party } {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), sdp], offer);
  phone.response(100);
  return { world, phone, pbx: world.pbx() };
}

test("the PBX's challenge to an INVITE reaches the phone, its credentials reach the PBX with the digest's own request line", () => {
  const { phone, pbx } = calling();
  const { message } = pbx.request("INVITE");
  const challenge = 'Digest realm="myvoipapp.com", nonce="ABCDEF", algorithm=MD5';
  pbx.send(replyLines(message, "407 Proxy Authentication Required", [`Proxy-Authenticate: ${challenge}`]));
  pbx.request("ACK");
  expect(phone.response(407).message.headers.get("Proxy-Authenticate")).toContain('nonce="ABCDEF"');
  const credentials =
    'Digest username="1001", realm="myvoipapp.com", nonce="ABCDEF", uri="sip:600@pbx.example.com;transport=udp", response="00000000000000000000000000000000"';
  const again = inviteLines(phone, { extra: [`Proxy-Authorization: ${credentials}`] });
  phone.send([...again.map((l) => l.replace("10 INVITE", "11 INVITE")), sdp], offer);
  const second = pbx.request("INVITE");
  expect(second.message.headers.get("Proxy-Authorization")).toContain('nonce="ABCDEF"');
  expect(second.message.requestUri.raw).toBe("sip:600@pbx.example.com;transport=udp");
});

test("threat L4: a challenge from a phone is not shown to the PBX, nor a carrier's to anybody", () => {
  const world = new EdgeWorld();
  const pbx = world.pbx("trunks");
  pbx.send([...inviteLines(pbx, { to: "sip:+4930123@10.0.0.3", from: "<sip:1001@10.0.0.5>" }), sdp], offer);
  const { message } = world.carrier().request("INVITE");
  const challenge = 'Digest realm="myvoipapp.com", nonce="STOLEN"';
  world.carrier().send(replyLines(message, "401 Unauthorized", [`WWW-Authenticate: ${challenge}`]));
  pbx.response(100);
  expect(pbx.response(403).text).not.toContain("STOLEN");
});

test("a phone that forwards the call: the PBX gets the number and no address", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  const contact = registered(world, phone).headers.get("Contact") ?? "";
  const pbx = world.pbx();
  pbx.send([...inviteLines(pbx, { to: contact.slice(1, contact.indexOf(">")), callId: "from-pbx" }), sdp], answer);
  pbx.response(100);
  const { message } = phone.request("INVITE");
  phone.send(replyLines(message, "302 Moved Temporarily", ["Contact: <sip:1005@192.0.2.99>"]));
  phone.request("ACK");
  const { message: moved, text } = pbx.response(302);
  expect(moved.headers.get("Contact")).toBe("<sip:1005@10.0.0.5>");
  expect(text).not.toContain("192.0.2.99");
});

test("a redirect from the PBX is not followed and not shown", () => {
  const { phone, pbx } = calling();
  const { message } = pbx.request("INVITE");
  pbx.send(replyLines(message, "302 Moved Temporarily", ["Contact: <sip:900@198.51.100.99>"]));
  pbx.request("ACK");
  expect(phone.response(480).text).not.toContain("198.51.100.99");
});

test("two forks answer: the first wins, the second is acknowledged and hung up", () => {
  const { world, phone, pbx } = calling();
  const { message } = pbx.request("INVITE");
  pbx.send([...replyLines(message, "200 OK", ["Contact: <sip:600@10.0.0.5>"], "first"), sdp], answer);
  pbx.request("ACK");
  phone.response(200);
  pbx.send([...replyLines(message, "200 OK", ["Contact: <sip:601@10.0.0.5>"], "second"), sdp], answer);
  expect(pbx.request("ACK").message.to.tag).toBe("second");
  expect(pbx.request("BYE").message.to.tag).toBe("second");
  expect(phone.inbox).toHaveLength(0);
  expect(world.core.counts().calls).toBe(1);
});

test("what arrives while the media relay works is handled afterwards, in order", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  const marked = world.media;
  phone.send([...inviteLines(phone), sdp], offer);
  phone.response(100);
  const pbx = world.pbx();
  const { message } = pbx.request("INVITE");
  world.hold = true;
  world.media = marked;
  pbx.send([...replyLines(message, "183 Session Progress"), sdp], answer);
  pbx.send([...replyLines(message, "200 OK", ["Contact: <sip:600@10.0.0.5>"]), sdp], answer);
  expect(phone.inbox).toHaveLength(0);
  world.release();
  phone.response(183);
  world.release();
  phone.response(200);
});

test("a re-INVITE that is cancelled while the media relay works: what waited is handled, and its late result is not the next one's", () => {
  const { world, phone, pbx, ok, invite } = callUp();
  const contact = ["Contact: <sip:1001@192.0.2.10:40000>", sdp];
  world.hold = true;
  const lines = inDialogLines(phone, "INVITE", phoneDialog(ok, 11), contact);
  phone.send(lines, heldOffer);
  phone.response(100);
  pbx.send(inDialogLines(pbx, "INFO", pbxDialog(invite, 30)));
  expect(phone.inbox).toEqual([]);
  const cancel = lines.map((line) => line.replace("INVITE sip", "CANCEL sip").replace("11 INVITE", "11 CANCEL"));
  phone.send(cancel.filter((line) => !line.startsWith("Con")));
  phone.response(200);
  phone.response(487);
  phone.request("INFO");
  phone.send(inDialogLines(phone, "ACK", phoneDialog(ok, 11)));
  phone.send(inDialogLines(phone, "INVITE", phoneDialog(ok, 12), contact), `${heldOffer}a=hold\r\n`);
  phone.response(100);
  world.release();
  expect(pbx.inbox).toEqual([]);
  world.release();
  expect(pbx.request("INVITE").text).toContain("a=hold");
});

test("re-INVITEs that cross each other are answered 491, two from one side 500", () => {
  const { phone, pbx, ok, invite } = callUp();
  const contact = ["Contact: <sip:1001@192.0.2.10:40000>", sdp];
  phone.send(inDialogLines(phone, "INVITE", phoneDialog(ok, 11), contact), heldOffer);
  phone.response(100);
  pbx.request("INVITE");
  pbx.send(inDialogLines(pbx, "INVITE", pbxDialog(invite, 30), ["Contact: <sip:600@10.0.0.5>", sdp]), answer);
  pbx.response(491);
  phone.send(inDialogLines(phone, "INVITE", phoneDialog(ok, 12), contact), heldOffer);
  phone.response(500);
});

test("a re-INVITE that is refused leaves the call as it was", () => {
  const { world, phone, pbx, ok } = callUp();
  const contact = ["Contact: <sip:1001@192.0.2.10:40000>", sdp];
  phone.send(inDialogLines(phone, "INVITE", phoneDialog(ok, 11), contact), heldOffer);
  phone.response(100);
  const { message } = pbx.request("INVITE");
  pbx.send(replyLines(message, "488 Not Acceptable Here"));
  pbx.request("ACK");
  phone.response(488);
  expect(world.outputs.some((o) => o.kind === "media-rollback")).toBe(true);
  expect(world.core.counts().calls).toBe(1);
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 12)));
  phone.response(200);
});

test("INFO with a key press crosses, with any other body it does not", () => {
  const { phone, pbx, ok } = callUp();
  const dtmf = "Signal=5\r\nDuration=160\r\n";
  phone.send(inDialogLines(phone, "INFO", phoneDialog(ok, 11), ["Content-Type: application/dtmf-relay"]), dtmf);
  const { message, text } = pbx.request("INFO");
  expect(text).toContain("Signal=5");
  pbx.send(replyLines(message, "200 OK"));
  phone.response(200);
  phone.send(inDialogLines(phone, "INFO", phoneDialog(ok, 12), ["Content-Type: application/x-anything"]), "secret");
  phone.response(415);
  expect(pbx.inbox).toHaveLength(0);
});

test("the PBX's keep-alive UPDATE without body is answered, and is none of the phone's business", () => {
  const { phone, pbx, invite } = callUp();
  pbx.send(inDialogLines(pbx, "UPDATE", pbxDialog(invite, 30)));
  pbx.response(200);
  expect(phone.inbox).toEqual([]);
});

test("a side that no longer knows the call ends it on both", () => {
  const { world, phone, pbx, ok } = callUp();
  phone.send(inDialogLines(phone, "INFO", phoneDialog(ok, 11)));
  const { message } = pbx.request("INFO");
  pbx.send(replyLines(message, "481 Call/Transaction Does Not Exist"));
  phone.response(481);
  phone.request("BYE");
  expect(world.core.counts().calls).toBe(0);
});

test("a caller that hangs up with BYE before the answer gets 487, the callee a CANCEL", () => {
  const { world, phone, pbx } = calling();
  const { message } = pbx.request("INVITE");
  pbx.send(replyLines(message, "180 Ringing"));
  const { message: ringing } = phone.response(180);
  phone.send(inDialogLines(phone, "BYE", { ...phoneDialog(ringing, 11) }));
  phone.response(200);
  phone.response(487);
  pbx.request("CANCEL");
  expect(world.core.counts().calls).toBe(0);
});
