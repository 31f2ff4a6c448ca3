/** The PBX is known to be down: nobody waits for a time-out, and its return is noticed. */
import { expect, test } from "vitest";
import { allMethods } from "../support/call-up.ts";
import { EdgeWorld, type WorldOptions } from "../support/edge-world.ts";
import { branch, inviteLines, offer, registered, registerLines, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";

/** A phone is registered, and then a REGISTER has had no answer in all its time. */
function away(options: WorldOptions = {}) {
  const world = new EdgeWorld("", options);
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  const pbx = world.pbx();
  registered(world, phone);
  phone.send(registerLines(phone, { cseq: 2, callId: "another" }));
  world.advance(40_000);
  phone.response(504);
  pbx.inbox.length = 0;
  return { world, phone, pbx };
}

test("a PBX known to be down: REGISTER, INVITE and MESSAGE are answered 503 at once, with when to come back, and a line says why", () => {
  const { world, phone, pbx } = away({ phones: allMethods });
  const message = registerLines(phone).map((line) =>
    line
      .replace("REGISTER sip:", "MESSAGE sip:600@")
      .replace("1 REGISTER", "9 MESSAGE")
      .replace(/^To:.*/, "To: <sip:600@pbx.example.com>"),
  );
  for (const lines of [registerLines(phone, { cseq: 3, callId: "third" }), message]) {
    phone.send(lines);
    expect(phone.response(503).message.headers.get("Retry-After")).toBe("10");
  }
  phone.send([...inviteLines(phone), sdp], offer);
  expect(phone.response(503).message.reason).toBe("Telephone System Does Not Answer");
  expect(world.core.counts()).toMatchObject({ calls: 0 });
  expect(world.events("refused").map(({ reason, status, method }) => [reason, status, method])).toEqual([
    ["pbx-down", 503, "REGISTER"],
    ["pbx-down", 503, "MESSAGE"],
    ["pbx-down", 503, "INVITE"],
  ]);
  expect(pbx.inbox.every(({ text }) => text.startsWith("OPTIONS "))).toBe(true);
});

test("a carrier's call meets 503 too, so that the carrier tries elsewhere", () => {
  const { world } = away();
  const carrier = world.carrier();
  carrier.send([...inviteLines(carrier, { to: "sip:600@203.0.113.1" }), sdp], offer);
  carrier.response(503);
});

test("an emergency call is tried although the PBX is known to be down", () => {
  const { phone, pbx } = away();
  phone.send([...inviteLines(phone, { to: "sip:112@pbx.example.com" }), sdp], offer);
  phone.response(100);
  expect(pbx.inbox.some(({ text }) => text.startsWith("INVITE sip:112@"))).toBe(true);
});

test("a refused request asks the PBX, not more often than every five seconds, and its answer opens the way", () => {
  const { world, phone, pbx } = away();
  const questions = () =>
    new Set(pbx.inbox.splice(0).flatMap(({ message }) => (message.kind === "request" ? [message.callId] : []))).size;
  world.advance(10_000);
  questions();
  for (let i = 0; i < 5; i++) {
    phone.send(registerLines(phone, { cseq: 3 + i, callId: branch() }));
    phone.response(503);
  }
  const [asked] = pbx.inbox;
  expect(questions()).toBe(1);
  if (asked?.message.kind !== "request") throw new Error("the PBX was not asked");
  pbx.send(replyLines(asked.message, "200 OK"));
  expect(world.core.pbxStatus().reachable).toBe(true);
  registered(world, phone, { cseq: 20 });
});

test("a PBX that answers no OPTIONS is found again: one request a minute goes its way", () => {
  const { world, phone, pbx } = away();
  world.advance(60_000);
  pbx.inbox.length = 0;
  registered(world, phone, { cseq: 9 });
  expect(world.core.pbxStatus().reachable).toBe(true);
});

test("what is answered here is answered while the PBX is down: a stranger's OPTIONS", () => {
  const { world } = away();
  const stranger = world.phone("192.0.2.99", 5060, "tls");
  stranger.send([
    "OPTIONS sip:pbx.example.com SIP/2.0",
    `Via: SIP/2.0/TLS 192.0.2.99:5060;branch=${branch()}`,
    "Max-Forwards: 70",
    "From: <sip:x@pbx.example.com>;tag=x",
    "To: <sip:pbx.example.com>",
    "Call-ID: ping",
    "CSeq: 1 OPTIONS",
  ]);
  stranger.response(200);
});
