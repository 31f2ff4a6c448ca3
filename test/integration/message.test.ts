import { expect, test } from "vitest";
import { allMethods, callUp, pbxDialog, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { branch, inDialogLines, registered, replyLines } from "../support/sip-script.ts";

const world = () => new EdgeWorld("", { phones: allMethods });
const text = "Content-Type: text/plain;charset=utf-8";

function messageLines(
  party: Party,
  target: string,
  from: string,
  extra: readonly string[] = [text],
): readonly string[] {
  const { address, port } = party.flow.packetSource;
  return [
    `MESSAGE ${target} SIP/2.0`,
    `Via: SIP/2.0/UDP ${address}:${port};branch=${branch()};rport`,
    "Max-Forwards: 70",
    `From: ${from};tag=m1`,
    `To: <${target}>`,
    `Call-ID: message-${branch()}`,
    "CSeq: 1 MESSAGE",
    "P-Asserted-Identity: <sip:boss@pbx.example.com>",
    ...extra,
  ];
}

test("a MESSAGE from a phone reaches the PBX as the account of its flow, with its text and nothing else of it", () => {
  const w = world();
  const phone = w.phone();
  registered(w, phone);
  phone.send(messageLines(phone, "sip:1002@pbx.example.com", "<sip:boss@pbx.example.com>"), "hello");
  const { message, text: sent } = w.pbx().request("MESSAGE");
  expect(message.from.uri.kind === "sip" && message.from.uri.user).toBe("1001");
  expect(message.headers.get("Content-Type")).toBe("text/plain;charset=UTF-8");
  expect(Buffer.from(message.body).toString()).toBe("hello");
  expect(sent).not.toMatch(/192\.0\.2\.10|boss|Contact/);
  w.pbx().send(replyLines(message, "202 Accepted"));
  phone.response(202);
  w.advance(40_000);
  expect(w.core.counts()).toMatchObject({ calls: 0, transactions: { server: 0, client: 0 }, timers: 1 });
});

test("the PBX's challenge to a MESSAGE reaches the phone, and its credentials the PBX", () => {
  const w = world();
  const phone = w.phone();
  registered(w, phone);
  phone.send(messageLines(phone, "sip:1002@pbx.example.com", "<sip:1001@pbx.example.com>"), "hello");
  const challenge = 'Proxy-Authenticate: Digest realm="myvoipapp.com", nonce="ABC", algorithm=MD5';
  w.pbx().send(replyLines(w.pbx().request("MESSAGE").message, "407 Proxy Authentication Required", [challenge]));
  expect(phone.response(407).text).toContain('nonce="ABC"');
  const digest =
    'Proxy-Authorization: Digest username="1001", realm="myvoipapp.com", nonce="ABC", uri="sip:1002@pbx.example.com", response="0123456789abcdef0123456789abcdef"';
  phone.send(messageLines(phone, "sip:1002@pbx.example.com", "<sip:1001@pbx.example.com>", [text, digest]), "hello");
  expect(w.pbx().request("MESSAGE").text).toContain('username="1001"');
});

test.each([
  ["Unsupported: 100rel, x-inside", 420, "100rel"],
  ["Server: silent about it", 500, undefined],
])("RFC 3261 §8.2.2.3: a 420 to a MESSAGE with %s is %i here", (said, status, named) => {
  const w = world();
  const phone = w.phone();
  registered(w, phone);
  phone.send(messageLines(phone, "sip:1002@pbx.example.com", "<sip:1001@pbx.example.com>"), "hello");
  w.pbx().send(replyLines(w.pbx().request("MESSAGE").message, "420 Bad Extension", [said]));
  expect(phone.response(status).message.headers.get("Unsupported")).toBe(named);
});

test("a MESSAGE from the PBX reaches the phone's binding", () => {
  const w = world();
  const phone = w.phone();
  const contact = registered(w, phone).headers.get("Contact") ?? "";
  const pbx = w.pbx();
  const target = contact.slice(contact.indexOf("<") + 1, contact.indexOf(">"));
  pbx.send(messageLines(pbx, target, "<sip:1002@10.0.0.5>"), "hi");
  const { message, text: sent } = phone.request("MESSAGE");
  expect(sent).not.toContain("10.0.0.");
  phone.send(replyLines(message, "200 OK"));
  pbx.response(200);
});

test.each([
  ["text/html", 415, "<b>x</b>"],
  ["application/octet-stream", 415, "x"],
  ["text/plain", 413, "x".repeat(1301)],
  ["text/plain", 400, ""],
])("a MESSAGE with %s is answered %i and stays here", (type, status, body) => {
  const w = world();
  const phone = w.phone();
  registered(w, phone);
  const lines = messageLines(phone, "sip:1002@pbx.example.com", "<sip:1001@pbx.example.com>", [
    `Content-Type: ${type}`,
  ]);
  phone.send(lines, body);
  phone.response(status);
  expect(w.pbx().inbox).toHaveLength(0);
});

test("a MESSAGE inside a call crosses both ways, and one without text is a sign of life", () => {
  const { phone, pbx, invite, ok } = callUp(world());
  phone.send(inDialogLines(phone, "MESSAGE", phoneDialog(ok, 11), [text]), "hello");
  const { message } = pbx.request("MESSAGE");
  expect(message.callId).toBe(invite.callId);
  pbx.send(replyLines(message, "200 OK"));
  phone.response(200);
  pbx.send(inDialogLines(pbx, "MESSAGE", pbxDialog(invite, 1)));
  phone.send(replyLines(phone.request("MESSAGE").message, "200 OK"));
  pbx.response(200);
});

test("a MESSAGE from the trunks' socket or a carrier goes nowhere", () => {
  const w = world();
  registered(w, w.phone());
  for (const party of [w.pbx("trunks"), w.carrier()]) {
    const before = w.sent.length;
    party.send(messageLines(party, "sip:1001@203.0.113.1", "<sip:1002@10.0.0.5>"), "hi");
    party.response(405);
    expect(w.sent).toHaveLength(before + 1);
  }
});

test("switched off, a MESSAGE is answered 405 on every side", () => {
  const { phone, pbx, invite, ok } = callUp();
  phone.send(messageLines(phone, "sip:1002@pbx.example.com", "<sip:1001@pbx.example.com>"), "hello");
  phone.response(405);
  phone.send(inDialogLines(phone, "MESSAGE", phoneDialog(ok, 11), [text]), "hello");
  phone.response(405);
  pbx.send(inDialogLines(pbx, "MESSAGE", pbxDialog(invite, 1), [text]), "hello");
  pbx.response(405);
});
