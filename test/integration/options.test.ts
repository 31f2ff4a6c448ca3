/** OPTIONS: what we say of ourselves, wherever it is asked (RFC 3261 §11). */
import { expect, test } from "vitest";
import { allMethods, callUp, pbxDialog, phoneDialog } from "../support/call-up.ts";
import { edgeWorld } from "../support/edge-accounts.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { branch, inDialogLines, registered, replyLines } from "../support/sip-script.ts";

function ask(party: Party, target: string, hops: number): void {
  const { address, port } = party.flow.packetSource;
  party.send([
    `OPTIONS ${target} SIP/2.0`,
    `Via: SIP/2.0/${party.flow.transport.toUpperCase()} ${address}:${port};branch=${branch()};rport`,
    `Max-Forwards: ${hops}`,
    `From: <sip:peer@${address}>;tag=ping`,
    `To: <${target}>`,
    `Call-ID: ${branch()}`,
    "CSeq: 1 OPTIONS",
  ]);
}

test("RFC 3261 §16.3: OPTIONS about ourselves is answered 200 with no hops left, from carriers, the PBX and phones", () => {
  const world = new EdgeWorld();
  for (const [party, target] of [
    [world.carrier(), "sip:203.0.113.1"],
    [world.pbx(), "sip:10.0.0.2:5060"],
    [world.phone("192.0.2.10", 40_000, "tls"), "sip:pbx.example.com"],
  ] as const) {
    ask(party, target, 0);
    expect(party.response(200).message.headers.get("Allow")).toContain("INVITE");
  }
});

test("RFC 3261 §11: OPTIONS with no hops left asks us, whomever it names, and goes no further; no password is asked for", () => {
  const world = edgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  for (const [party, target] of [
    [world.carrier(), "sip:+15550100@203.0.113.1"],
    [world.pbx(), "sip:1001@10.0.0.2:5060"],
    [world.pbx("trunks"), "sip:15550100@10.0.0.3:5060"],
    [phone, "sip:600@pbx.example.com"],
  ] as const) {
    ask(party, target, 0);
    expect(party.response(200).message.headers.get("Allow")).toContain("INVITE");
  }
  expect(world.pbx().inbox).toHaveLength(0);
});

test("a registered phone asks us too with no hops left, and the one it names with a hop", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  ask(phone, "sip:600@pbx.example.com", 0);
  phone.response(200);
  expect(world.pbx().inbox).toHaveLength(0);
  ask(phone, "sip:600@pbx.example.com", 1);
  world.pbx().request("OPTIONS");
});

test.each([
  ["no list at all", [], 500, undefined],
  ["of ours", ["Unsupported: timer, x-secret"], 420, "timer"],
])("RFC 3261 §8.2.2.3: a 420 to OPTIONS, %s", (_what, said, status, named) => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  ask(phone, "sip:600@pbx.example.com", 70);
  world.pbx().send(replyLines(world.pbx().request("OPTIONS").message, "420 Bad Extension", said));
  expect(phone.response(status).message.headers.get("Unsupported")).toBe(named);
});

test("RFC 3261 §11.2: the 200 to OPTIONS in a call says what is served here, on both sides, and nothing of the other side", () => {
  const { phone, pbx, ok, invite } = callUp(new EdgeWorld("", { phones: allMethods }));
  const theirs = ["Allow: INVITE, X-SECRET", "Supported: x-secret", "Accept: text/secret"];
  const asked = (from: Party, to: Party, lines: readonly string[]) => {
    from.send(lines);
    to.send(replyLines(to.request("OPTIONS").message, "200 OK", theirs));
    const { message, text } = from.response(200);
    expect(text).not.toMatch(/secret/i);
    return ["Allow", "Accept", "Supported"].map((name) => message.headers.get(name));
  };
  expect(asked(phone, pbx, inDialogLines(phone, "OPTIONS", phoneDialog(ok, 11)))).toEqual([
    expect.stringContaining("REFER"),
    "application/sdp",
    "100rel, replaces, tdialog, timer",
  ]);
  const [allow, accept] = asked(pbx, phone, inDialogLines(pbx, "OPTIONS", pbxDialog(invite, 1)));
  expect([allow, accept]).toEqual([expect.stringContaining("UPDATE"), "application/sdp"]);
});
