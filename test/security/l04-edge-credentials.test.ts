/** Threat L4: a challenge is answered only when the PBX puts it, on the PBX's own flow, to a request we sent it for an account. */
import { expect, test } from "vitest";
import { callUp, pbxDialog } from "../support/call-up.ts";
import {
  challengesOf,
  credentialsFor,
  edgeWorld,
  pbxChallenge,
  prove,
  registeredAtEdge,
} from "../support/edge-accounts.ts";
import type { EdgeWorld, Party } from "../support/edge-world.ts";
import { heldOffer, inDialogLines, inviteLines, offer, registerLines, replyLines } from "../support/sip-script.ts";

const realms = ["myvoipapp.com", "pbx.example.com", "", "myvoipapp.com.attacker.example", "carrier"];
const statuses = ["401 Unauthorized", "407 Proxy Authentication Required"];

function challengeLine(status: string, realm: string): string {
  const name = status.startsWith("401") ? "WWW-Authenticate" : "Proxy-Authenticate";
  return `${name}: Digest realm="${realm}", nonce="69318C2DAFCF4A208C3EC12FC949C016", algorithm=MD5, stale=true`;
}

function leaked(world: EdgeWorld, to: Party): readonly string[] {
  return world.sent
    .filter((sent) => sent.flow.id === to.flow.id)
    .map((sent) => sent.text)
    .filter((text) => text.includes("Authorization") || text.includes("response="));
}

test("threat L4: a phone or a carrier that challenges a call gets no credentials, and its challenge goes nowhere", () => {
  for (const status of statuses) {
    for (const realm of realms) {
      const world = edgeWorld();
      const phone = world.phone("192.0.2.10", 40_000, "tls");
      registeredAtEdge(world, phone);
      const contact = /<(sip:1001@10\.0\.0\.2[^>]*)>/.exec(
        world.sent.find((s) => s.text.includes("Contact: <sip:1001@10."))?.text ?? "",
      )?.[1];
      for (const [from, target, party] of [
        [world.pbx("phones"), contact ?? "", phone],
        [world.pbx("trunks"), "sip:+15550100@10.0.0.3", world.carrier()],
      ] as const) {
        from.send(
          [
            ...inviteLines(from, { to: target, from: "<sip:600@10.0.0.5>", callId: `c-${target.length}` }),
            "Content-Type: application/sdp",
          ],
          offer,
        );
        party.send(replyLines(party.request("INVITE").message, status, [challengeLine(status, realm)]));
        world.advance(100);
        expect(leaked(world, party)).toEqual([]);
        const told = world.sent.filter((s) => s.flow.id === from.flow.id).map((s) => s.text);
        expect(told.filter((text) => text.includes("-Authenticate") && text.includes("INVITE"))).toEqual([]);
      }
    }
  }
});

test("threat L4: challenges to requests inside a call are answered for nobody", () => {
  for (const status of statuses) {
    for (const method of ["BYE", "INFO", "UPDATE"]) {
      const { world, phone, pbx, invite } = callUp();
      // An UPDATE without SDP would be answered here.
      const sdp = method === "UPDATE" ? ["Content-Type: application/sdp"] : [];
      pbx.send(inDialogLines(pbx, method, pbxDialog(invite, 100), sdp), method === "UPDATE" ? heldOffer : "");
      phone.send(replyLines(phone.request(method).message, status, [challengeLine(status, "myvoipapp.com")]));
      world.advance(100);
      expect(leaked(world, phone)).toEqual([]);
      expect(world.sent.filter((s) => s.text.includes("-Authenticate"))).toEqual([]);
    }
  }
});

test("threat L4: the phone's answer to our challenge never reaches the PBX, ours to the PBX's never a phone", () => {
  const world = edgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  registeredAtEdge(world, phone);
  phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
  const [challenge] = challengesOf(phone.response(407).message);
  if (challenge === undefined) throw new Error("no challenge");
  const proof = credentialsFor(challenge, { method: "INVITE", uri: "sip:600@pbx.example.com" });
  phone.send([...inviteLines(phone), proof, "Content-Type: application/sdp"], offer);
  world.pbx().request("INVITE");
  const toPbx = world.sent.filter((s) => s.flow.side === "core").map((s) => s.text);
  expect(toPbx.filter((text) => text.includes('realm="pbx.example.com"'))).toEqual([]);
  expect(leaked(world, phone)).toEqual([]);
});

test("threat L4: credentials are worked out for an answer of the PBX to a request of ours, and only once", () => {
  const world = edgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  prove(phone);
  const { message } = world.pbx().request("REGISTER");
  const forged = replyLines(message, "401 Unauthorized", [`WWW-Authenticate: ${pbxChallenge}`]);
  for (const party of [phone, world.phone("192.0.2.66"), world.carrier()]) party.send(forged);
  expect(world.sent.filter((s) => s.text.includes("Authorization:"))).toEqual([]);
  world.pbx().send(forged);
  world.pbx().send(forged);
  expect(world.sent.filter((s) => s.text.includes("Authorization:"))).toHaveLength(1);
});

test("nothing unauthenticated reaches the PBX, whatever the method", () => {
  const world = edgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  registeredAtEdge(world, phone);
  const stranger = world.phone("192.0.2.66", 40_000, "tls");
  const before = world.sent.filter((s) => s.flow.side === "core").length;
  for (const party of [phone, stranger]) {
    for (const method of [
      "INVITE",
      "OPTIONS",
      "MESSAGE",
      "SUBSCRIBE",
      "PUBLISH",
      "REFER",
      "NOTIFY",
      "INFO",
      "UPDATE",
      "BYE",
    ]) {
      const lines = inviteLines(party, { callId: `${method}-1` }).map((line) => line.replaceAll("INVITE", method));
      party.send(lines);
    }
    party.send(registerLines(party, { callId: "another" }));
  }
  expect(world.sent.filter((s) => s.flow.side === "core")).toHaveLength(before);
});
