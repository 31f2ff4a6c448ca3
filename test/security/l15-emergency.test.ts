/**
 * Threat L15: calls for help while everything that could refuse a call would: each limit used up, the account locked for fraud, its source
 * banned, the process draining, the machine overloaded, and rules that bar every number and rewrite what they let through.
 */
import { expect, test } from "vitest";
import { callUp } from "../support/call-up.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { branch, inviteLines, offer } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const policy = `
policy:
  emergency: { numbers: ["112", "911", "999"] }
  limits: { calls: 1, calls_per_second: 1, calls_per_account: 1 }
  accounts: { default: { calls_per_hour: 1, minutes_per_day: 1 } }
  destinations: [{ prefix: "9", action: reject }, { action: reject }]`;
const rewriting = `
  - name: carrier
    mode: peer
    hosts: [{ uri: "sip:198.51.100.7" }]
    from: [198.51.100.7]
    numbers: { format: e164, country_code: "1", tech_prefix: "9*" }`;

/** @returns a world in which nothing is left, and a phone in it that is in a call */
function exhausted(): { readonly world: EdgeWorld; readonly phone: Party } {
  const calls = policy.replace("destinations: [", 'destinations: [{ prefix: "600", action: allow }, ');
  const { world, phone } = callUp(new EdgeWorld(calls, { trunks: rewriting }));
  world.feed({ kind: "suspend", account: "1001", forMs: undefined });
  world.feed({ kind: "ban", label: phone.flow.packetSource.address, forMs: 3_600_000 });
  for (let i = 0; i < 50; i++) {
    world.feed({ kind: "load", sample: { lagMs: 2_000, busy: 1, fill: 1 } });
    world.advance(100);
  }
  world.core.drain();
  for (const party of [phone, world.pbx()]) party.inbox.length = 0;
  return { world, phone };
}

/** @param target as it stands in the request line */
function calls(party: Party, target: string): void {
  party.send([...inviteLines(party, { to: target, callId: branch() }), sdp], offer);
}

const forms: readonly string[] = [
  ...["112", "911", "999", "+112"].map((number) => `sip:${number}@pbx.example.com`),
  "sip:112@pbx.example.com;user=phone",
  "sips:112@pbx.example.com",
  "tel:112",
  "tel:911;phone-context=+1",
  "urn:service:sos",
  "urn:service:sos.police",
];

test.each(forms)("threat L15: %s reaches the emergency route unmodified, of a phone and of a stranger", (target) => {
  const { world, phone } = exhausted();
  const dialled = /(\+?\d{3})/u.exec(target)?.[1];
  for (const party of [phone, world.phone("192.0.2.10", 5_061, "tls"), world.phone("198.18.0.9", 5_060, "tls")]) {
    calls(party, target);
    party.response(100);
    const { requestUri } = world.pbx().request("INVITE").message;
    // A service has no number, and a PBX routes numbers: it gets the first of the list.
    if (dialled === undefined) expect(requestUri.kind === "sip" && requestUri.user).toBe("112");
    else
      expect(requestUri.kind === "tel" ? requestUri.number : requestUri.kind === "sip" && requestUri.user).toBe(
        dialled,
      );
  }
  expect(world.events("refused")).toEqual([]);
});

const forged: readonly string[] = [
  "sip:1900555123@pbx.example.com;user=urn:service:sos",
  "sip:urn:service:sos@pbx.example.com",
  "sip:urn%3Aservice%3Asos;1900555123@pbx.example.com",
  "sip:1900555123@urn.service.sos",
  "sip:1121900555123@pbx.example.com",
  "tel:1900555123;urn=service:sos",
  "tel:112;phone-context=+1900",
  "urn:service:sos;1900555123",
  "urn:service:sos.1900555123/x",
];

test.each(forged)("threat L15: %s gets nothing of what calls for help get", (target) => {
  const { world, phone } = exhausted();
  calls(phone, target);
  for (const { message } of phone.inbox)
    expect(message.kind === "response" && message.status).toBeGreaterThanOrEqual(400);
  expect(world.pbx().inbox).toEqual([]);
  expect(world.core.counts().calls).toBe(0);
});

test("threat L15: a header that says emergency makes no call one", () => {
  const { world, phone } = exhausted();
  const extra = ["Priority: emergency", "Resource-Priority: esnet.0", "Route: <urn:service:sos>", sdp];
  phone.send([...inviteLines(phone, { to: "sip:1900555123@pbx.example.com", callId: branch() }), ...extra], offer);
  phone.response(503);
  expect(world.pbx().inbox).toEqual([]);
});
