/** A day at the border by a script: 100 calls, three attacks, a carrier's host that falls silent, an account that was stolen. */
import type { Request, Response } from "@ringfence/sip";
import { answer, branch, inDialogLines, inviteLines, offer, registerLines, replyLines } from "./sip-script.ts";
import { type Actor, request, response, type Stage } from "./stage.ts";

const sdp = "Content-Type: application/sdp";
const minute = 60_000;

/** Where it may be played. */
export const dayConfig = `policy:
  country: DE
  limits: { calls_per_account: 50 }
  destinations:
    - { list: high-risk, action: reject }
    - { action: allow }
  anomaly: { action: suspend }
  on_fraud: { for: 2h }
`;

/** Entries of `trunks:`. @param hosts as they stand in a URI @param addresses from which they call */
export const dayTrunks = (hosts: readonly string[], addresses: readonly string[]): string => `
  - name: carrier
    hosts:
${hosts.map((host, i) => `      - { uri: "sip:${host}", priority: ${i + 1} }`).join("\n")}
    from: [${addresses.join(", ")}]`;

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
  "moved to the other host": 1,
  "over the second host": 4,
  "wrong passwords": 5,
  "sources banned": 2,
  "hosts that went down": 1,
  "accounts suspended": 1,
  // Of the account that is guessed at, and of the stolen one; a scanner is nobody's business.
  "alerts opened": 2,
} as const;
export type Quantity = keyof typeof script;

export async function playDay(stage: Stage): Promise<void> {
  const phone = (turn: number): Promise<Actor> => registeredPhone(stage, (turn % 4) + 1);
  const [host, second, pbxTrunks] = [stage.carrier(1), stage.carrier(2), stage.pbx("trunks")];
  for (let n = 0; n < 39; n++) await answered(stage, await phone(n), stage.pbx("phones"), "sip:600@pbx.example.com");
  for (let n = 0; n < 20; n++) await busy(stage, await phone(n));
  await scan(stage);
  for (let n = 0; n < 12; n++) await cancelled(stage, await phone(n));
  for (let n = 0; n < 4; n++) await answered(stage, pbxTrunks, host, `sip:+4930123456@${stage.places.trunks}`);
  for (let n = 0; n < 10; n++) await barred(stage, await phone(n), n);
  await guess(stage);
  host.behave(() => undefined);
  for (let n = 0; n < 4; n++) await answered(stage, pbxTrunks, second, `sip:+4930123456@${stage.places.trunks}`, 1_000);
  for (let n = 0; n < 5; n++) await answered(stage, second, pbxTrunks, `sip:600@${stage.places.access}`);
  await stolen(stage, await registeredPhone(stage, 5));
  await toll(stage);
  stage.pass(10 * minute);
}

let registrations = 0;

/** It registers anew before each call: between them registrations run out. */
export async function registeredPhone(stage: Stage, n: number): Promise<Actor> {
  const phone = stage.phone(n);
  phone.send(registerLines(phone, { user: `100${n}`, callId: `reg-${n}`, cseq: ++registrations, expires: 3_600 }));
  await phone.hears(response(200, "REGISTER"));
  return phone;
}

/** A call that is answered, talked and hung up by who called. */
async function answered(stage: Stage, from: Actor, to: Actor, uri: string, talk = minute): Promise<void> {
  const callId = branch();
  from.send([...inviteLines(from, { to: uri, callId }), sdp], offer);
  const { invite } = await ring(to);
  stage.pass(2_000);
  const { address, port } = to.flow.packetSource;
  to.send([...replyLines(invite, "200 OK", [`Contact: <sip:there@${address}:${port}>`]), sdp], answer);
  const ok = await from.hears(response(200, "INVITE", callId));
  const dialog = { target: targetOf(ok), from: text(ok, "From"), to: text(ok, "To"), callId };
  from.send(inDialogLines(from, "ACK", { ...dialog, cseq: 10 }));
  stage.pass(talk);
  from.send(inDialogLines(from, "BYE", { ...dialog, cseq: 11 }));
  await from.hears(response(200, "BYE", callId));
  stage.pass(1_000);
}

async function ring(at: Actor): Promise<{ readonly invite: Request }> {
  const invite = await at.hears(request("INVITE"));
  at.send(replyLines(invite, "180 Ringing"));
  return { invite };
}

function targetOf(ok: Response): string {
  const contact = text(ok, "Contact");
  return contact.slice(contact.indexOf("<") + 1, contact.indexOf(">"));
}

function text(message: Response, name: string): string {
  return message.headers.get(name) ?? "";
}

async function busy(stage: Stage, phone: Actor): Promise<void> {
  const lines = inviteLines(phone, { callId: branch() });
  phone.send([...lines, sdp], offer);
  const pbx = stage.pbx("phones");
  pbx.send(replyLines(await pbx.hears(request("INVITE")), "486 Busy Here"));
  await refused(phone, lines, 486);
  stage.pass(minute);
}

async function cancelled(stage: Stage, phone: Actor): Promise<void> {
  const pbx = stage.pbx("phones");
  const lines = inviteLines(phone, { callId: branch() });
  phone.send([...lines, sdp], offer);
  const { invite } = await ring(pbx);
  await phone.hears(response(180));
  stage.pass(5_000);
  phone.send(sibling(lines, "CANCEL"));
  await pbx.hears(request("CANCEL"));
  pbx.send(replyLines(invite, "487 Request Terminated"));
  await refused(phone, lines, 487);
  stage.pass(minute);
}

async function barred(stage: Stage, phone: Actor, n: number): Promise<void> {
  const lines = inviteLines(phone, { to: `sip:+88161234${n}567@pbx.example.com`, callId: branch() });
  phone.send([...lines, sdp], offer);
  await refused(phone, lines, 403);
  stage.pass(minute);
}

/** RFC 3261 §17.1.1.3: a refusal is acknowledged hop by hop. */
async function refused(phone: Actor, invite: readonly string[], status: number): Promise<void> {
  const callId = invite.find((line) => line.startsWith("Call-ID: "))?.slice("Call-ID: ".length) ?? "";
  const refusal = await phone.hears(response(status, "INVITE", callId));
  const kept = sibling(invite, "ACK").filter((line) => !line.startsWith("To:"));
  phone.send([...kept, `To: ${text(refusal, "To")}`]);
}

/** What belongs to the transaction of an INVITE. */
function sibling(invite: readonly string[], method: "ACK" | "CANCEL"): readonly string[] {
  const kept = invite.filter((line) => !line.startsWith("Contact:"));
  return kept.map((line) => line.replace("INVITE sip", `${method} sip`).replace("10 INVITE", `10 ${method}`));
}

/** Whoever has a phone's password has numbers called that follow each other. */
async function stolen(stage: Stage, phone: Actor): Promise<void> {
  const pbx = stage.pbx("phones");
  const calls: (readonly string[])[] = [];
  for (let n = 0; n < 6; n++) {
    const lines = inviteLines(phone, { to: `sip:+4420794600${n}@pbx.example.com`, callId: branch() });
    calls.push(lines);
    phone.send([...lines, sdp], offer);
    // With the fifth it is plain what they are: none rings any more.
    if (n >= 4) continue;
    await ring(pbx);
    await phone.hears(response(180));
    stage.pass(2_000);
  }
  for (const lines of calls) await refused(phone, lines, 403);
  stage.pass(minute);
}

/** A scanner that looks for extensions. */
async function scan(stage: Stage): Promise<void> {
  const scanner = await stage.stranger(1);
  for (let n = 100; n < 120; n++)
    scanner.send(registerLines(scanner, { user: `${n}`, extra: ["User-Agent: friendly-scanner"] }));
  await stage.shutOut(scanner);
  stage.pass(minute);
}

/** Says the PBX that this password is wrong. */
export const wrongResponse = "00000000000000000000000000000000";

/** Somebody who guesses the password of one account. */
async function guess(stage: Stage): Promise<void> {
  const guesser = await stage.stranger(2);
  const digest = `Authorization: Digest username="1002", realm="r", nonce="N", uri="sip:pbx.example.com", response="${wrongResponse}"`;
  for (let n = 0; n < 20; n++) {
    guesser.send(registerLines(guesser, { user: "1002", callId: "guess", cseq: n + 1, extra: [digest] }));
    // After five the PBX is not asked any more: the account is locked for whoever is nowhere at home.
    await guesser.hears(response(403, "REGISTER"));
    stage.pass(500);
  }
  stage.pass(minute);
}

/** A stranger who calls expensive numbers without any account. */
async function toll(stage: Stage): Promise<void> {
  const stranger = await stage.stranger(3);
  for (let n = 0; n < 20; n++) {
    const to = `sip:00${n}8816123456@${stage.places.access}`;
    stranger.send([...inviteLines(stranger, { to, callId: branch() }), sdp], offer);
    stage.pass(500);
  }
  await stage.shutOut(stranger);
  stage.pass(minute);
}
