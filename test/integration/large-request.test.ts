/** RFC 3261 §18.1.1: what is too large for a datagram goes over TCP, or over UDP where nobody takes it so. */
import { expect, test } from "vitest";
import { dial } from "../support/carrier-call.ts";
import { EdgeWorld, type Party, type WorldOptions } from "../support/edge-world.ts";
import { answer, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const trunk = (rest = ""): WorldOptions => ({
  trunks: `
  - name: carrier
    hosts: [{ uri: "sip:198.51.100.7" }]
    ${rest}`,
});

/** Media lays out more than a datagram holds. */
function worldOf(options: WorldOptions, octets = 1_400): EdgeWorld {
  const world = new EdgeWorld("", options);
  world.media = () => ({ ok: true, sdp: Buffer.from(`v=0\r\n${"a=x\r\n".repeat(octets / 5)}`) });
  return world;
}

/** Whoever was sent an INVITE last, and over what. */
function called(world: EdgeWorld): { readonly party: Party; readonly transport: string; readonly via: string } {
  const { flow, message } =
    world.sent.filter((s) => s.message.kind === "request" && s.message.method === "INVITE").at(-1) ?? {};
  if (flow === undefined || message?.kind !== "request") throw new Error("no INVITE");
  return { party: world.on(flow), transport: flow.transport, via: message.via.transport };
}

test("a large INVITE to a carrier with UDP goes over TCP, its CANCEL too, and a small one over UDP", () => {
  const world = worldOf(trunk());
  const pbx = dial(world);
  const { party, transport, via } = called(world);
  expect([transport, via]).toEqual(["tcp", "TCP"]);
  expect(party.flow).toMatchObject({
    side: "trunk",
    trunk: "carrier",
    packetSource: { address: "198.51.100.7", port: 5060 },
  });
  const { message } = party.request("INVITE");
  party.send(replyLines(message, "180 Ringing"));
  pbx.response(180);
  world.now += 1;
  party.send([...replyLines(message, "200 OK", ["Contact: <sip:them@198.51.100.7>"]), sdp], answer);
  pbx.response(200);
  // Small again, and to where its Contact says: the dialog is as it would have been.
  expect(world.carrier().request("ACK").message.via.transport).toBe("UDP");
  const small = worldOf(trunk(), 100);
  dial(small);
  expect(called(small).transport).toBe("udp");
});

test("a carrier that refuses TCP gets the same INVITE over UDP, and for ten minutes every other at once", () => {
  const world = worldOf(trunk());
  const pbx = dial(world);
  const { party } = called(world);
  const { message: first } = party.request("INVITE");
  world.feed({ kind: "flow-lost", flowId: party.flow.id });
  const { message: again } = world.carrier().request("INVITE");
  expect([again.via.transport, again.via.branch, again.callId]).toEqual(["UDP", first.via.branch, first.callId]);
  world.carrier().send([...replyLines(again, "200 OK", ["Contact: <sip:them@198.51.100.7>"]), sdp], answer);
  pbx.response(200);
  world.carrier().request("ACK");
  dial(world, "+4930123457");
  expect(called(world).transport).toBe("udp");
  world.advance(600_000);
  dial(world, "+4930123458");
  expect(called(world).transport).toBe("tcp");
});

test("large_requests: udp sends none over TCP", () => {
  const world = worldOf(trunk("large_requests: udp"));
  dial(world);
  expect(called(world).transport).toBe("udp");
});

test.each([
  ["path: false", "udp"],
  ["large_requests: tcp", "tcp"],
])("a phone's large call to the PBX with %j goes over %s", (key, transport) => {
  const world = worldOf({ pbx: `${key}\n  address: 10.0.0.5:5060` });
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), sdp], offer);
  expect(called(world)).toMatchObject({ transport, via: transport.toUpperCase() });
});

test("a large call to a phone goes over the flow that it registered on", () => {
  const world = worldOf({ pbx: 'large_requests: tcp\n  address: "10.0.0.5:5060"' });
  const phone = world.phone();
  const register = registered(world, phone);
  const target = /<([^>]+)>/.exec(register.headers.get("Contact") ?? "")?.[1] ?? "";
  const pbx = world.pbx();
  pbx.send([...inviteLines(pbx, { to: target, from: "<sip:600@10.0.0.5>" }), sdp], offer);
  expect(called(world).party).toBe(phone);
});
