import { expect, test } from "vitest";
import { allMethods, callUp, phoneDialog } from "../support/call-up.ts";
import { edgeWorld, prove, registeredAtEdge } from "../support/edge-accounts.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inDialogLines, inviteLines, offer, registered, registerLines, replyLines } from "../support/sip-script.ts";

test("a wrong password, the hold after five of them and one contact too many each leave a line with account and reason", () => {
  const world = edgeWorld({ phones: "registration: { max_contacts: 1 }" });
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  for (let cseq = 1; cseq <= 6; cseq++) prove(phone, { cseq }, { password: "a wrong guess of it" });
  const lines = world.events("refused").map(({ reason, account, source, status }) => [reason, account, source, status]);
  const wrong = ["wrong-password", "1001", "192.0.2.10:40000", undefined];
  expect(lines.slice(0, 5)).toEqual([wrong, wrong, wrong, wrong, wrong]);
  expect(lines[5]).toEqual(["guessing-held", "1001", "192.0.2.10:40000", 403]);
  world.advance(120_000);
  registeredAtEdge(world, world.phone("192.0.2.20", 40_000, "tls"), { callId: "first" });
  prove(world.phone("192.0.2.30", 40_000, "tls"), { callId: "second" });
  expect(world.events("refused").at(-1)).toMatchObject({ reason: "too-many-contacts", account: "1001", status: 403 });
});

test("lines about wrong passwords are rationed: a flood of guesses is no flood of lines", () => {
  const world = edgeWorld();
  for (let i = 0; i < 200; i++) prove(world.phone("192.0.2.10", 40_000 + i, "tls"), {}, { password: "a wrong guess" });
  expect(world.events("refused").length).toBeLessThan(50);
});

test("registering somebody else says in the log that it was somebody else", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  phone.send(registerLines(phone).map((line) => line.replace("From: <sip:1001@", "From: <sip:1002@")));
  expect(world.events("refused")[0]).toMatchObject({ reason: "foreign-account", account: "1001", method: "REGISTER" });
});

test("RFC 3261 §8.2.1: a 405 says which methods are served, and OPTIONS says the same", () => {
  const world = new EdgeWorld("", { phones: "methods: { subscribe: true }" });
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  registered(world, phone);
  const send = (method: string) =>
    phone.send([
      `${method} sip:pbx.example.com SIP/2.0`,
      `Via: SIP/2.0/TLS 192.0.2.10:40000;branch=z9hG4bK${method}1`,
      "Max-Forwards: 70",
      "From: <sip:1001@pbx.example.com>;tag=a",
      "To: <sip:pbx.example.com>",
      `Call-ID: asks-${method}`,
      `CSeq: 1 ${method}`,
    ]);
  send("MESSAGE");
  const refused = phone.response(405).message.headers.get("Allow");
  send("OPTIONS");
  const asked = phone.response(200).message.headers;
  expect(refused).toBe(asked.get("Allow"));
  expect(refused).toContain("SUBSCRIBE, PUBLISH");
  expect(refused).not.toContain("MESSAGE");
  expect(asked.get("Accept")).toBe("application/sdp");
});

const owed: readonly (readonly [string, string, string, readonly string[], string, string])[] = [
  ["RFC 3261 §21.4.6", "405 No", "INFO", ["Content-Type: application/dtmf"], "Allow", "INVITE, ACK"],
  ["RFC 3261 §21.4.13", "415 No", "MESSAGE", ["Content-Type: text/plain"], "Accept", "text/plain"],
  ["RFC 3261 §21.4.13", "415 No", "INFO", ["Content-Type: application/dtmf"], "Accept", "application/dtmf,"],
];
test.each(owed)(
  "%s: a bare %s of the PBX to %s names here what it has to",
  (_clause, line, method, more, name, said) => {
    const { phone, pbx, ok } = callUp(new EdgeWorld("", { phones: allMethods }));
    phone.send(inDialogLines(phone, method, phoneDialog(ok, 11), more), "5");
    pbx.send(replyLines(pbx.request(method).message, line));
    const value = phone.response(Number(line.slice(0, 3))).message.headers.get(name);
    expect(value).toContain(said);
    if (name === "Allow") expect(value).not.toContain(method);
  },
);

test("RFC 6665 §8.3.2: 489 names the events that are served, also for a SUBSCRIBE inside a call", () => {
  const { phone, ok } = callUp(new EdgeWorld("", { phones: allMethods }));
  phone.send(inDialogLines(phone, "SUBSCRIBE", phoneDialog(ok, 11), ["Event: dialog"]));
  expect(phone.response(489).message.headers.get("Allow-Events")).toBe("message-summary, dialog, presence");
});

test.each([["udp"], ["tls"]] as const)("RFC 3261 §26.2.2: sips: asks for TLS all the way (%s)", (transport) => {
  const world = new EdgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, transport);
  registered(world, phone);
  phone.send([...inviteLines(phone, { to: "sips:600@pbx.example.com" }), "Content-Type: application/sdp"], offer);
  if (transport === "tls") return void phone.response(100);
  expect(phone.response(416).text).toContain("416 sips needs TLS");
  expect(world.pbx().inbox).toEqual([]);
});

test("what a phone is told when something is refused stands in the log as it was said; an answer of the PBX brings no words of its own", () => {
  const { world, phone, pbx, ok } = callUp(new EdgeWorld("", { phones: allMethods }));
  phone.send(inDialogLines(phone, "REFER", phoneDialog(ok, 11), ["Refer-To: <sip:900@evil.example>"]));
  phone.response(403);
  expect(world.events("request").at(-1)).toMatchObject({ status: 403, detail: "Refer-To is not served here" });
  phone.send(inDialogLines(phone, "REFER", phoneDialog(ok, 12), ["Refer-To: <sip:1002@pbx.example.com>"]));
  pbx.send(replyLines(pbx.request("REFER").message, "603 words of the PBX"));
  phone.response(603);
  expect(world.events("request").at(-1)).toMatchObject({ status: 603, detail: undefined });
});
