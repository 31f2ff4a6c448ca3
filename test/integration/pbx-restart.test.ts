/** A PBX that comes back knows nobody: everybody is registered again, never faster than it may bear. */
import type { Uri } from "@ringfence/sip";
import { expect, test } from "vitest";
import { challengesOf, credentialsFor } from "../support/edge-accounts.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { registerLines, replyLines } from "../support/sip-script.ts";

const phonesInAll = 2_000;
const pace = 50;
const accounts = Array.from(
  { length: phonesInAll },
  (_, i) => `"${10_000 + i}": { password: "battery horse, ${i} correct" }`,
);

type Mode = "edge" | "relay";

interface Phone {
  readonly user: string;
  readonly phone: Party;
  cseq: number;
}

const challenge = 'WWW-Authenticate: Digest realm="myvoipapp.com", nonce="ABCDEF0123456789", algorithm=MD5';

/** The PBX answers whatever waits for it: a challenge, then yes. */
function serve(world: EdgeWorld, asks: boolean): void {
  const pbx = world.pbx();
  for (let sent = pbx.inbox.shift(); sent !== undefined; sent = pbx.inbox.shift()) {
    if (sent.message.kind !== "request") continue;
    const proven = sent.text.includes("Authorization:");
    if (sent.message.method === "REGISTER" && asks && !proven) {
      pbx.send(replyLines(sent.message, "401 Unauthorized", [challenge]));
    } else pbx.send(replyLines(sent.message, "200 OK", ["Expires: 3600"]));
  }
}

function site(mode: Mode) {
  const registration = "registration: { phone_expires: 300s }";
  const world = new EdgeWorld(
    "",
    mode === "edge" ? { accounts: accounts.join("\n"), phones: registration } : { phones: registration },
  );
  const phones = Array.from({ length: phonesInAll }, (_, i) => ({
    user: String(10_000 + i),
    phone: world.phone(`192.0.${2 + (i >> 8)}.${i & 255}`, 40_000, "tls"),
    cseq: 0,
  }));
  for (const one of phones) refresh(world, mode, one);
  return { world, phones };
}

/** One REGISTER of a phone, with an answer to whatever challenge it gets. */
function refresh(world: EdgeWorld, mode: Mode, one: Phone): void {
  const at = Number(one.user) - 10_000;
  let extra: readonly string[] = [];
  for (let turn = 0; turn < 3; turn++) {
    one.phone.send(registerLines(one.phone, { user: one.user, callId: `reg-${one.user}`, cseq: ++one.cseq, extra }));
    serve(world, true);
    const answer = one.phone.inbox.splice(0).at(-1)?.message;
    if (answer?.kind !== "response") throw new Error("no answer");
    if (answer.status === 200) return;
    const [asked] = challengesOf(answer);
    if (asked === undefined) throw new Error(`${answer.status}`);
    const password = mode === "edge" ? `battery horse, ${at} correct` : "as the PBX knows it";
    extra = [credentialsFor(asked, { user: one.user, password })];
  }
  throw new Error("never registered");
}

function userOf(uri: Uri): string {
  return uri.kind === "sip" ? (uri.user ?? "") : "";
}

/** First REGISTERs (those without a proof) that the PBX got, in any second from `since` on. */
function busiestSecond(
  world: EdgeWorld,
  since: number,
): { readonly most: number; readonly accounts: ReadonlySet<string> } {
  const times: number[] = [];
  const users = new Set<string>();
  for (const { text, at, flow, message } of world.sent) {
    if (at <= since || flow.side !== "core" || !text.startsWith("REGISTER")) continue;
    if (text.includes("Authorization:")) users.add(userOf(message.from.uri));
    else times.push(at);
  }
  let most = 0;
  for (let start = 0, end = 0; end < times.length; end++) {
    while ((times[end] ?? 0) - (times[start] ?? 0) >= 1000) start++;
    most = Math.max(most, end - start + 1);
  }
  return { most, accounts: users };
}

/** Nobody hears the PBX for a while; then it answers again. */
function outage(world: EdgeWorld, mode: Mode, one: Phone): number {
  // What makes the silence known: a phone that registers anew.
  one.phone.send(registerLines(one.phone, { user: one.user, callId: `new-${one.user}`, cseq: 1 }));
  if (mode === "edge") {
    const [asked] = challengesOf(one.phone.response(401).message);
    if (asked === undefined) throw new Error("no challenge");
    const proof = credentialsFor(asked, {
      user: one.user,
      password: `battery horse, ${Number(one.user) - 10_000} correct`,
    });
    one.phone.send(
      registerLines(one.phone, { user: one.user, callId: `new-${one.user}`, cseq: 2, expires: 0, extra: [proof] }),
    );
  }
  const unanswered = world.pbx().request("REGISTER").message;
  world.advance(21_000);
  expect(world.core.counts().pbxReachable).toBe(false);
  world.pbx().inbox.length = 0;
  one.phone.inbox.length = 0;
  world.pbx().send(replyLines(unanswered, "200 OK"));
  return world.now;
}

test("edge: 2,000 phones are registered again, fifty a second", () => {
  const { world, phones } = site("edge");
  const [first] = phones;
  if (first === undefined) throw new Error("no phone");
  const back = outage(world, "edge", first);
  for (let ms = 0; ms < 45_000; ms += 20) {
    world.advance(20);
    serve(world, true);
  }
  const { most, accounts: told } = busiestSecond(world, back);
  expect(most).toBeLessThanOrEqual(pace);
  expect(told.size).toBeGreaterThanOrEqual(phonesInAll - 1);
}, 60_000);

test("relay: 2,000 phones that all refresh at once reach the PBX fifty a second, and each in the end", () => {
  const { world, phones } = site("relay");
  const [first] = phones;
  if (first === undefined) throw new Error("no phone");
  const back = outage(world, "relay", first);
  for (const one of phones) refresh(world, "relay", one);
  // Then a hundred a second, of those that the PBX has not heard of.
  const waiting = new Set(phones.slice(1));
  for (let ms = 0; ms < 60_000 && waiting.size > 0; ms += 10) {
    world.advance(10);
    const [one] = waiting;
    if (one === undefined) break;
    const before = world.sent.length;
    refresh(world, "relay", one);
    waiting.delete(one);
    if (!world.sent.slice(before).some(({ flow }) => flow.side === "core")) waiting.add(one);
  }
  expect([...waiting]).toHaveLength(0);
  expect(busiestSecond(world, back).most).toBeLessThanOrEqual(pace);
  expect(world.core.counts().registrations).toBe(phonesInAll);
}, 60_000);
