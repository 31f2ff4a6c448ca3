import { expect, test } from "vitest";
import {
  challengesOf,
  credentialsFor,
  edgeWorld,
  pbxTakes,
  prove,
  registeredAtEdge,
} from "../support/edge-accounts.ts";
import { proves } from "../support/edge-call.ts";
import type { EdgeWorld, Party } from "../support/edge-world.ts";
import { answer, inviteLines, offer, registerLines, replyLines } from "../support/sip-script.ts";

const longEnough = [`User-Agent: a phone that says a lot about itself ${"x".repeat(300)}`];

test("the phone is challenged by us, SHA-256 first, and the PBX hears nothing before the password was right", () => {
  const world = edgeWorld();
  const phone = world.phone();
  phone.send(registerLines(phone, { extra: longEnough }));
  const challenges = challengesOf(phone.response(401).message);
  expect(challenges.map((c) => [c.algorithm, c.realm, c.stale])).toEqual([
    ["SHA-256", "pbx.example.com", false],
    ["MD5", "pbx.example.com", false],
  ]);
  expect(world.core.counts().transactions).toEqual({ server: 0, client: 0 });
  prove(phone, { cseq: 2, extra: longEnough }, { password: "a wrong guess of it" });
  phone.response(401);
  expect(world.pbx().inbox).toHaveLength(0);
});

test("Ringfence answers the PBX's challenge with the account's password, and the phone sees nothing of it", () => {
  const world = edgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  prove(phone);
  const { first, second } = pbxTakes(world);
  expect(first.headers.has("Authorization")).toBe(false);
  expect(proves(second)).toBe(true);
  expect(second.callId).toBe(first.callId);
  expect(second.cseq.number).toBe(first.cseq.number + 1);
  phone.response(200);
  const seen = world.sent.filter((s) => s.flow.id === phone.flow.id).map((s) => s.text);
  expect(seen.join("")).not.toContain("myvoipapp");
  expect(world.core.counts().registrations).toBe(1);
});

test("threat nonce: MD5 alone is answered when it is offered, and is nothing when it is not", () => {
  for (const [digest, status] of [
    ["[SHA-256, MD5]", "pbx"],
    ["[SHA-256]", 401],
  ] as const) {
    const world = edgeWorld({ phones: `digest: ${digest}` });
    const phone = world.phone("192.0.2.10", 40_000, "tls");
    phone.send(registerLines(phone));
    const [challenge] = challengesOf(phone.response(401).message);
    if (challenge === undefined) throw new Error("no challenge");
    const line = credentialsFor({ ...challenge, algorithm: "MD5" });
    phone.send(registerLines(phone, { cseq: 2, extra: [line] }));
    if (status === "pbx") expect(world.pbx().inbox).toHaveLength(1);
    else phone.response(status);
  }
});

function replay(world: EdgeWorld, first: Party, second: Party): boolean {
  first.send(registerLines(first));
  const [challenge] = challengesOf(first.response(401).message);
  if (challenge === undefined) throw new Error("no challenge");
  const line = credentialsFor(challenge);
  first.send(registerLines(first, { cseq: 2, extra: [line] }));
  pbxTakes(world);
  first.response(200);
  second.send(registerLines(second, { cseq: 3, callId: "replayed", extra: [line] }));
  const again = challengesOf(second.response(401).message);
  expect(world.pbx().inbox).toHaveLength(0);
  return again[0]?.stale ?? false;
}

test("threat nonce: credentials are not taken twice: not from the same phone, not from another address", () => {
  const one = edgeWorld();
  expect(replay(one, one.phone("192.0.2.10", 1, "tls"), one.phone("192.0.2.10", 1, "tls"))).toBe(true);
  const two = edgeWorld();
  expect(replay(two, two.phone("192.0.2.10", 1, "tls"), two.phone("192.0.2.11", 1, "tls"))).toBe(false);
});

test("threat nonce: a nonce grows stale, and the phone that knows the password is told so", () => {
  const world = edgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  phone.send(registerLines(phone));
  const [challenge] = challengesOf(phone.response(401).message);
  if (challenge === undefined) throw new Error("no challenge");
  world.advance(301_000);
  const again = (proof: object) => {
    phone.send(registerLines(phone, { cseq: 2, extra: [credentialsFor(challenge, proof)] }));
    return challengesOf(phone.response(401).message)[0]?.stale;
  };
  expect(again({})).toBe(true);
  expect(again({ password: "a wrong guess of it" })).toBe(false);
});

test("the PBX is kept registered by us: renewed before its time, without the phone", () => {
  const world = edgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  prove(phone, { expires: 600 });
  pbxTakes(world, 400);
  phone.response(200);
  world.advance(350_000);
  const { first, second } = pbxTakes(world, 400);
  expect(first.headers.get("Contact")).toBe(second.headers.get("Contact"));
  expect(proves(second)).toBe(true);
  expect(phone.inbox).toHaveLength(0);
});

test("a PBX that comes back gets everybody again, one after the other", () => {
  const world = edgeWorld();
  const phones = ["1001", "1002"].flatMap((user, i) =>
    [1, 2, 3].map((n) => ({
      user,
      callId: `${user}-${n}`,
      phone: world.phone(`192.0.2.${10 * i + n}`, 40_000, "tls"),
    })),
  );
  for (const { phone, ...o } of phones) registeredAtEdge(world, phone, o);
  const [one] = phones;
  if (one === undefined) throw new Error("no phone");
  prove(one.phone, { callId: one.callId, cseq: 7, expires: 0 });
  const unanswered = world.pbx().request("REGISTER").message;
  world.advance(21_000);
  expect(world.core.counts().pbxReachable).toBe(false);
  world.pbx().inbox.length = 0;
  const back = world.now;
  world.pbx().send(replyLines(unanswered, "200 OK"));
  world.advance(200);
  const seen = world.pbx().inbox.filter((s) => s.message.callId !== unanswered.callId || s.at > back);
  // The one that has just gone had the first place.
  expect(seen.map((s) => s.at - back)).toEqual([20, 40, 60, 80, 100]);
});

test("a phone that went without a word is taken away at the PBX, one that reconnects is not", () => {
  const world = edgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  registeredAtEdge(world, phone);
  world.feed({ kind: "flow-lost", flowId: phone.flow.id });
  world.advance(5_000);
  registeredAtEdge(world, world.phone("192.0.2.10", 40_001, "tls"), { cseq: 7 });
  world.advance(30_000);
  expect(world.pbx().inbox).toHaveLength(0);
  world.feed({ kind: "flow-lost", flowId: world.phone("192.0.2.10", 40_001, "tls").flow.id });
  world.advance(10_000);
  const { second } = pbxTakes(world);
  expect(second.headers.get("Contact")).toContain(";expires=0");
});

test("a call is challenged by us first, then the PBX's challenge for it is answered by us", () => {
  const world = edgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  registeredAtEdge(world, phone);
  phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
  const [challenge] = challengesOf(phone.response(407).message);
  if (challenge === undefined) throw new Error("no challenge");
  expect(world.pbx().inbox).toHaveLength(0);
  const proof = credentialsFor(challenge, { method: "INVITE", uri: "sip:600@pbx.example.com" });
  phone.send([...inviteLines(phone), proof, "Content-Type: application/sdp"], offer);
  phone.response(100);
  const pbx = world.pbx();
  const first = pbx.request("INVITE").message;
  expect(first.headers.has("Proxy-Authorization")).toBe(false);
  pbx.send(
    replyLines(first, "407 Proxy Authentication Required", [
      `Proxy-Authenticate: ${'Digest realm="myvoipapp.com", nonce="B0", algorithm=MD5'}`,
    ]),
  );
  pbx.request("ACK");
  const second = pbx.request("INVITE").message;
  expect(proves(second)).toBe(true);
  expect(second.callId).toBe(first.callId);
  pbx.send([...replyLines(second, "200 OK", ["Contact: <sip:600@10.0.0.5>"]), "Content-Type: application/sdp"], answer);
  expect(pbx.request("ACK").message.cseq.number).toBe(second.cseq.number);
  phone.response(200);
});

test("a PBX that does not take the account's password is no challenge for the phone", () => {
  const world = edgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  prove(phone);
  for (let i = 0; i < 2; i++) {
    const { message } = world.pbx().request("REGISTER");
    world.pbx().send(replyLines(message, "401 Unauthorized", [`WWW-Authenticate: Digest realm="m", nonce="N${i}"`]));
  }
  phone.response(403);
  expect(world.pbx().inbox).toHaveLength(0);
  expect(world.events("registration").at(-1)).toMatchObject({ reason: "refused-by-pbx", status: 401 });
});

test("an emergency call needs no password, whatever else does", () => {
  const world = edgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  phone.send([...inviteLines(phone, { to: "sip:112@pbx.example.com" }), "Content-Type: application/sdp"], offer);
  phone.response(100);
  world.pbx().request("INVITE");
});
