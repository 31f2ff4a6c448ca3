/** The last line of a call says all that its record holds: both legs, both decisions, who vouched for the caller, and which host had it. */
import { expect, test } from "vitest";
import { callUp, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";

test("a call of a phone: both sides with transport, address and Call-ID, and one decision", () => {
  const { world, phone, invite, ok } = callUp();
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 11)));
  const [started, ended] = world.events("call");
  expect(ended).toMatchObject({
    reason: "hangup",
    ended_by: "a",
    decision: started?.decision,
    side: "phone",
    transport: "udp",
    source: "192.0.2.10:40000",
    b_side: "core",
    b_transport: "udp",
    b_source: "10.0.0.5:5060",
    a_call_id: "call-of-the-phone",
    b_call_id: invite.callId,
  });
  expect([ended?.first_decision, ended?.emergency, ended?.host, ended?.asserted]).toEqual(Array(4).fill(undefined));
});

test("a call that a rule ends has that decision, and the one that let it in", () => {
  const { world } = callUp(new EdgeWorld("policy: { limits: { call_duration: 60s } }"));
  world.advance(61_000);
  const [started, ended] = world.events("call");
  expect(ended).toMatchObject({ reason: "max-duration", first_decision: started?.decision });
  expect(ended?.decision).not.toBe(started?.decision);
});

test("a call from a carrier: the number it asserts, where its From shows none", () => {
  const world = new EdgeWorld("", { trunks: trunkWith("numbers: { caller_id: pai }") });
  const carrier = world.carrier();
  const lines = inviteLines(carrier, { to: "sip:600@203.0.113.1", from: "<sip:anonymous@anonymous.invalid>" });
  carrier.send([...lines, "P-Asserted-Identity: <sip:+4930123456@carrier.example>", sdp], offer);
  const pbx = world.pbx("trunks");
  pbx.send(replyLines(pbx.request("INVITE").message, "486 Busy Here"));
  expect(world.events("call").at(-1)).toMatchObject({
    reason: "refused",
    status: 486,
    trunk: "carrier",
    from: "anonymous",
    asserted: "+4930123456",
    b_side: "core",
  });
});

test("a call to a carrier whose first host is silent: the host that took it", () => {
  const hosts = 'hosts: [{ uri: "sip:198.51.100.7", priority: 1 }, { uri: "sip:198.51.100.8", priority: 2 }]';
  const world = new EdgeWorld("", { trunks: trunkWith("", hosts) });
  const pbx = world.pbx("trunks");
  pbx.send([...inviteLines(pbx, { to: "sip:0891234567@10.0.0.3", from: "<sip:1001@10.0.0.5>" }), sdp], offer);
  world.advance(3_500);
  const second = world.carrier("198.51.100.8");
  second.send(replyLines(second.request("INVITE").message, "486 Busy Here"));
  expect(world.events("call").at(-1)).toMatchObject({ host: "198.51.100.8", b_side: "trunk", trunk: "carrier" });
});

test("an emergency call is marked", () => {
  const world = new EdgeWorld('policy: { emergency: { numbers: ["112"] } }');
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone, { to: "sip:112@pbx.example.com" }), sdp], offer);
  const pbx = world.pbx();
  pbx.send(replyLines(pbx.request("INVITE").message, "486 Busy Here"));
  expect(world.events("call").at(-1)).toMatchObject({ emergency: true, to: "112" });
});

test("a call that cannot be placed is refused in words, with a decision", () => {
  const world = new EdgeWorld();
  const pbx = world.pbx();
  pbx.send([...inviteLines(pbx, { to: "sip:1009@10.0.0.2", from: "<sip:600@10.0.0.5>" }), sdp], offer);
  const [line] = world.events("refused");
  expect(line).toMatchObject({ level: "info", side: "core", status: 480, reason: "Phone not registered", to: "1009" });
  expect(world.events("request").at(-1)?.decision).toBe(line?.decision);
});

function trunkWith(more: string, hosts = 'hosts: [{ uri: "sip:198.51.100.7" }]'): string {
  return `
  - name: carrier
    mode: peer
    ${hosts}
    from: [198.51.100.7, 198.51.100.8]
    ${more}`;
}
