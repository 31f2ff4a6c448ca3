/** A day at the border, minute by minute, by a script: 100 calls, three attacks, a carrier's host that falls silent, an account that was stolen. */
import type { Response } from "@ringfence/sip";
import { EdgeWorld, type Party, pbxTime } from "./edge-world.ts";
import { answer, branch, inDialogLines, inviteLines, offer, registerLines, replyLines } from "./sip-script.ts";

const sdp = "Content-Type: application/sdp";
const minute = 60_000;

const config = `policy:
  country: DE
  limits: { calls_per_account: 50 }
  destinations:
    - { list: high-risk, action: reject }
    - { action: allow }
  anomaly: { action: suspend }
  on_fraud: { for: 2h }
`;
const trunks = `
  - name: carrier
    hosts:
      - { uri: "sip:198.51.100.1", priority: 1 }
      - { uri: "sip:198.51.100.2", priority: 2 }
    from: [198.51.100.1, 198.51.100.2]`;

/** What the script does, by its own count. */
export const script = {
  calls: 100,
  answered: 52,
  busy: 20,
  cancelled: 12,
  barred: 10,
  "ended by suspension": 5,
  "refused to a suspended account": 1,
  // Of four: while a host is known to be down it is not asked.
  "moved to the other host": 3,
  "over the second host": 4,
  "wrong passwords": 5,
  "sources banned": 2,
} as const;
export type Quantity = keyof typeof script;

export function newDay(): EdgeWorld {
  return new EdgeWorld(config, { phones: pbxTime, trunks });
}

export function playDay(world: EdgeWorld): void {
  const phone = (turn: number): Party => registeredPhone(world, (turn % 4) + 1);
  for (let n = 0; n < 39; n++) answered(world, phone(n), world.pbx(), "sip:600@pbx.example.com");
  for (let n = 0; n < 20; n++) busy(world, phone(n));
  scan(world);
  for (let n = 0; n < 12; n++) cancelled(world, phone(n));
  for (let n = 0; n < 4; n++) throughCarrier(world, world.carrier("198.51.100.1"));
  for (let n = 0; n < 10; n++) barred(world, phone(n), n);
  guess(world);
  // The first host does not answer any more.
  for (let n = 0; n < 4; n++) outage(world);
  for (let n = 0; n < 5; n++)
    answered(world, world.carrier("198.51.100.2"), world.pbx("trunks"), "sip:600@203.0.113.1");
  stolen(world, registeredPhone(world, 5));
  toll(world);
  world.advance(10 * minute);
}

/** It registers anew before each call: between them registrations run out. */
function registeredPhone(world: EdgeWorld, n: number): Party {
  const [phone, pbx] = [world.phone(`192.0.2.1${n}`), world.pbx()];
  const cseq = Math.floor(world.now);
  phone.send(registerLines(phone, { user: `100${n}`, callId: `reg-${n}`, cseq }));
  for (const { message } of pbx.inbox.splice(0))
    if (message.kind === "request") pbx.send(replyLines(message, "200 OK", ["Expires: 120"]));
  return phone;
}

/** A call that is answered, talked and hung up by who called. */
function answered(world: EdgeWorld, from: Party, to: Party, uri: string): void {
  drain(from, to);
  from.send([...inviteLines(from, { to: uri, callId: branch() }), sdp], offer);
  accept(world, to);
  hangUp(world, from, to);
}

function accept(world: EdgeWorld, to: Party): void {
  const { message: invite } = to.request("INVITE");
  to.send(replyLines(invite, "180 Ringing"));
  world.advance(2_000);
  const { address, port } = to.flow.packetSource;
  to.send([...replyLines(invite, "200 OK", [`Contact: <sip:there@${address}:${port}>`]), sdp], answer);
}

/** ACK for the 2xx that is among what has come, then BYE. */
function hangUp(world: EdgeWorld, from: Party, to: Party): void {
  const ok = from.inbox
    .map(({ message }) => message)
    .find((one): one is Response => one.kind === "response" && one.status === 200);
  if (ok === undefined) throw new Error("the call was not answered");
  const dialog = {
    target: targetOf(ok),
    from: ok.headers.get("From") ?? "",
    to: ok.headers.get("To") ?? "",
    callId: ok.callId,
  };
  from.send(inDialogLines(from, "ACK", { ...dialog, cseq: 10 }));
  world.advance(minute);
  from.send(inDialogLines(from, "BYE", { ...dialog, cseq: 11 }));
  answerAll(to);
  world.advance(1_000);
}

function targetOf(ok: Response): string {
  const contact = ok.headers.get("Contact") ?? "";
  return contact.slice(contact.indexOf("<") + 1, contact.indexOf(">"));
}

function busy(world: EdgeWorld, phone: Party): void {
  const pbx = world.pbx();
  drain(phone, pbx);
  phone.send([...inviteLines(phone, { callId: branch() }), sdp], offer);
  pbx.send(replyLines(pbx.request("INVITE").message, "486 Busy Here"));
  acknowledge(phone);
  world.advance(minute);
}

function cancelled(world: EdgeWorld, phone: Party): void {
  const pbx = world.pbx();
  drain(phone, pbx);
  const lines = inviteLines(phone, { callId: branch() });
  phone.send([...lines, sdp], offer);
  const { message: invite } = pbx.request("INVITE");
  pbx.send(replyLines(invite, "180 Ringing"));
  world.advance(5_000);
  const kept = lines.filter((line) => !line.startsWith("Contact:"));
  phone.send(kept.map((line) => line.replace("INVITE sip", "CANCEL sip").replace("10 INVITE", "10 CANCEL")));
  pbx.send(replyLines(pbx.request("CANCEL").message, "200 OK"));
  pbx.send(replyLines(invite, "487 Request Terminated"));
  acknowledge(phone);
  world.advance(minute);
}

function barred(world: EdgeWorld, phone: Party, n: number): void {
  drain(phone);
  phone.send([...inviteLines(phone, { to: `sip:+88161234${n}567@pbx.example.com`, callId: branch() }), sdp], offer);
  acknowledge(phone);
  world.advance(minute);
}

function throughCarrier(world: EdgeWorld, host: Party): void {
  answered(world, world.pbx("trunks"), host, "sip:+4930123456@10.0.0.3");
}

function outage(world: EdgeWorld): void {
  const [pbx, second] = [world.pbx("trunks"), world.carrier("198.51.100.2")];
  drain(pbx, second);
  pbx.send([...inviteLines(pbx, { to: "sip:+4930123456@10.0.0.3", callId: branch() }), sdp], offer);
  // Until the first host has been silent for long enough; a host that is known to be down is not asked.
  if (second.inbox.length === 0) world.advance(3_100);
  accept(world, second);
  hangUp(world, pbx, second);
}

/** Whoever has a phone's password has numbers called that follow each other. */
function stolen(world: EdgeWorld, phone: Party): void {
  drain(phone, world.pbx());
  for (let n = 0; n < 6; n++) {
    phone.send([...inviteLines(phone, { to: `sip:+4420794600${n}@pbx.example.com`, callId: branch() }), sdp], offer);
    for (const { message } of world.pbx().inbox.splice(0)) {
      if (message.kind !== "request" || message.method === "ACK") continue;
      world.pbx().send(replyLines(message, message.method === "INVITE" ? "180 Ringing" : "200 OK"));
    }
    world.advance(2_000);
  }
  acknowledge(phone);
  world.advance(minute);
}

/** A scanner that looks for extensions. */
function scan(world: EdgeWorld): void {
  const scanner = world.phone("198.18.5.1", 5_071, "tls");
  for (let n = 100; n < 120; n++)
    scanner.send(registerLines(scanner, { user: `${n}`, extra: ["User-Agent: friendly-scanner"] }));
  world.advance(minute);
}

/** Somebody who guesses the password of one account. */
function guess(world: EdgeWorld): void {
  const guesser = world.phone("198.18.5.2", 5_072, "tls");
  for (let n = 0; n < 20; n++) {
    const digest =
      'Authorization: Digest username="1002", realm="r", nonce="N", uri="sip:pbx.example.com", response="00000000000000000000000000000000"';
    guesser.send(registerLines(guesser, { user: "1002", callId: "guess", cseq: n + 1, extra: [digest] }));
    for (const { message } of world.pbx().inbox.splice(0))
      if (message.kind === "request") world.pbx().send(replyLines(message, "403 Forbidden"));
    world.advance(500);
  }
  world.advance(minute);
}

/** A stranger who calls expensive numbers without any account. */
function toll(world: EdgeWorld): void {
  const stranger = world.phone("198.18.5.3", 5_073, "tls");
  for (let n = 0; n < 20; n++) {
    stranger.send([...inviteLines(stranger, { to: `sip:00${n}8816123456@203.0.113.1`, callId: branch() }), sdp], offer);
    world.advance(500);
  }
  world.advance(minute);
}

/** RFC 3261 §17.1.1.3: a refusal is acknowledged hop by hop; here the copies of it are let pass instead. */
function acknowledge(party: Party): void {
  drain(party);
}

function answerAll(party: Party): void {
  for (const { message } of party.inbox.splice(0))
    if (message.kind === "request" && message.method !== "ACK") party.send(replyLines(message, "200 OK"));
}

function drain(...parties: readonly Party[]): void {
  for (const party of parties) party.inbox.length = 0;
}
