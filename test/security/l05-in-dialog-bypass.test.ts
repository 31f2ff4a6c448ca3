import { expect, test } from "vitest";
import { callUp, pbxDialog, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { branch, inDialogLines, registered } from "../support/sip-script.ts";

const methods = ["INVITE", "BYE", "REFER", "ACK", "UPDATE", "MESSAGE", "INFO", "NOTIFY", "PRACK", "SUBSCRIBE"];
const routes = [
  ["<sip:203.0.113.1;lr>", "<sip:10.0.0.5;lr>"],
  ["<sip:198.51.100.7;lr>"],
  ["<sip:127.0.0.1:22>"],
  ["<sip:10.0.0.5>"],
];

function forged(method: string, target: string, route: readonly string[]): readonly string[] {
  return [
    `${method} ${target} SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.66:5060;branch=${branch()};rport`,
    "Max-Forwards: 70",
    "From: <sip:attacker@192.0.2.66>;tag=made-up",
    "To: <sip:1001@pbx.example.com>;tag=invented",
    "Call-ID: forged@192.0.2.66",
    `CSeq: 5 ${method}`,
    "Contact: <sip:attacker@192.0.2.66>",
    "User-Agent: something long enough that an answer is never larger than this question was",
    ...route.map((value) => `Route: ${value}`),
  ];
}

for (const method of methods) {
  test(`threat L5: a forged in-dialog ${method} with Route headers reaches nobody`, () => {
    const world = new EdgeWorld();
    registered(world, world.phone());
    const before = world.sent.length;
    const counts = world.core.counts();
    const attacker = world.phone("192.0.2.66", 5060);
    for (const target of ["sip:1001@pbx.example.com", "sip:victim@198.51.100.99", "sip:10.0.0.5"]) {
      for (const route of routes) attacker.send(forged(method, target, route));
    }
    const answers = world.sent.slice(before);
    expect(answers.every((s) => s.flow.id === attacker.flow.id)).toBe(true);
    const statuses = answers.map((s) => (s.message.kind === "response" ? s.message.status : s.message.method));
    for (const status of statuses) expect([403, 404, 405, 481, 501]).toContain(status);
    if (method === "ACK") expect(answers).toHaveLength(0);
    expect(world.core.counts()).toEqual(counts);
  });
}

test("threat L5: a BYE with the right Call-ID and tags from another address does not end the call", () => {
  const { world, pbx, ok } = callUp();
  const offPath = world.phone("192.0.2.66", 5060);
  offPath.send(inDialogLines(offPath, "BYE", phoneDialog(ok, 11)));
  expect(offPath.next().text).toMatch(/^SIP\/2.0 481/);
  expect(pbx.inbox).toHaveLength(0);
  expect(world.core.counts().calls).toBe(1);
});

test("threat L5: a BYE from a phone's side with the PBX's tags does not end the call", () => {
  const { world, invite } = callUp();
  const attacker = world.phone("192.0.2.66", 5060);
  attacker.send(inDialogLines(attacker, "BYE", pbxDialog(invite, 29)));
  expect(attacker.next().text).toMatch(/^SIP\/2.0 481/);
  expect(world.core.counts().calls).toBe(1);
});

test("threat L5: a BYE by Call-ID alone, or with one tag wrong, does not end the call", () => {
  const { world, phone, ok } = callUp();
  const right = phoneDialog(ok, 11);
  phone.send(inDialogLines(phone, "BYE", { ...right, to: "<sip:600@pbx.example.com>;tag=wrong" }));
  phone.response(481);
  phone.send(inDialogLines(phone, "BYE", { ...right, from: "<sip:1001@pbx.example.com>;tag=wrong" }));
  phone.response(481);
  phone.send(inDialogLines(phone, "BYE", { ...right, callId: "another" }));
  phone.response(481);
  expect(world.core.counts().calls).toBe(1);
});

test("threat L5: a BYE with a sequence number below the INVITE's is answered 500 and the call goes on", () => {
  const { world, phone, pbx, ok } = callUp();
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 9)));
  phone.response(500);
  expect(pbx.inbox).toHaveLength(0);
  expect(world.core.counts().calls).toBe(1);
});

test("threat L5: a Record-Route that a phone writes is not followed by what we send it", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  const register = registered(world, phone);
  const contact = register.headers.get("Contact") ?? "";
  const pbx = world.pbx();
  pbx.send(
    [
      `INVITE ${contact.slice(contact.indexOf("<") + 1, contact.indexOf(">"))} SIP/2.0`,
      `Via: SIP/2.0/UDP 10.0.0.5;branch=${branch()};rport`,
      "Max-Forwards: 70",
      "From: <sip:1002@10.0.0.5>;tag=caller",
      "To: <sip:1001@10.0.0.2>",
      "Call-ID: from-the-pbx",
      "CSeq: 1 INVITE",
      "Contact: <sip:1002@10.0.0.5>",
      "Content-Type: application/sdp",
    ],
    "v=0\r\n",
  );
  const { message: invite } = phone.request("INVITE");
  phone.send(
    [
      "SIP/2.0 200 OK",
      `Via: ${invite.via.raw}`,
      `From: ${invite.headers.get("From")}`,
      `To: ${invite.headers.get("To")};tag=phone`,
      `Call-ID: ${invite.callId}`,
      `CSeq: ${invite.cseq.number} INVITE`,
      "Record-Route: <sip:198.51.100.99;lr>",
      "Contact: <sip:somewhere@198.51.100.98>",
      "Content-Type: application/sdp",
    ],
    "v=0\r\n",
  );
  const ack = phone.request("ACK");
  expect(ack.flow.id).toBe(phone.flow.id);
  expect(ack.message.headers.has("Route")).toBe(false);
});
