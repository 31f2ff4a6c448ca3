/** The PBX trusts who speaks from the trunks' socket, so nothing that a phone says may leave there, and the other way round. */
import type { Message } from "@ringfence/sip";
import { expect, test } from "vitest";
import { allMethods } from "../support/call-up.ts";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { RandomParty } from "../support/random-party.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { branch, inDialogLines, offer, registered } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const targets = [
  "sip:600@pbx.example.com",
  "sip:+4930123@10.0.0.3",
  "sip:+4930123@10.0.0.3:5060",
  "sip:1001@10.0.0.2:5060",
  "sip:+4930123@198.51.100.7",
  "sip:1001@203.0.113.1",
  "tel:+4930123",
];

interface Actor {
  readonly group: "phones" | "trunks";
  readonly party: Party;
  readonly random: RandomParty;
}

/** Whose side a message left on. */
function groupOf({ flow }: EdgeWorld["sent"][number]): Actor["group"] {
  if (flow.side === "core") return flow.endpoint.role === "core-trunks" ? "trunks" : "phones";
  return flow.side === "trunk" ? "trunks" : "phones";
}

/** The sender says what somebody else was sent, or asks for something in that dialog. */
function steal(party: Party, message: Message, text: string, dice: number): void {
  if (dice < 0.3) return party.sendRaw(Buffer.from(text, "latin1"));
  const from = message.headers.get("From") ?? "";
  const to = message.headers.get("To") ?? "";
  const [mine, theirs] = dice < 0.6 ? [from, to] : [to, from];
  const method = ["BYE", "INVITE", "REFER", "UPDATE", "INFO"][Math.floor(dice * 100) % 5] ?? "BYE";
  const dialog = { target: "sip:600@pbx.example.com", from: mine, to: theirs, callId: message.callId, cseq: 9_000 };
  party.send(inDialogLines(party, method, dialog, ["Contact: <sip:x@192.0.2.10>", sdp]), offer);
}

/** A call, perhaps one that names another as replaced, by a way that is not the sender's to choose. */
function begin(actor: Actor, pick: <T>(from: readonly T[]) => T | undefined, named: Message | undefined): void {
  const target = pick(targets) ?? "";
  const replaces = `Replaces: ${named?.callId};to-tag=${named?.to.tag};from-tag=${named?.from.tag}`;
  const method = pick(["INVITE", "INVITE", "INVITE", "MESSAGE", "SUBSCRIBE", "REGISTER", "REFER"]) ?? "INVITE";
  actor.random.begin(
    method,
    [
      `${method} ${target} SIP/2.0`,
      `From: <${pick(["sip:1001@pbx.example.com", "sip:+4930777@198.51.100.7"])}>;tag=${branch()}`,
      `To: <${target}>`,
      "Route: <sip:10.0.0.3;lr>, <sip:10.0.0.5;lr>",
      "P-Asserted-Identity: <sip:+4930777@198.51.100.7>",
      "Event: dialog",
      ...(named === undefined ? [] : [replaces]),
      sdp,
    ],
    offer,
  );
}

/** How often somebody's words went on to somebody else, by side. */
function play(seed: number): Record<Actor["group"], number> {
  const random = seededRandom(seed);
  const world = new EdgeWorld("policy: { limits: { calls_per_account: 9 } }\n", { phones: allMethods });
  registered(world, world.phone());
  const actor = (group: Actor["group"], party: Party, contact: string): Actor => {
    return { group, party, random: new RandomParty(party, contact, random) };
  };
  const actors = [
    actor("phones", world.phone(), "sip:1001@192.0.2.10:40000"),
    actor("phones", world.pbx("phones"), "sip:600@10.0.0.5"),
    actor("trunks", world.carrier(), "sip:198.51.100.7"),
    actor("trunks", world.pbx("trunks"), "sip:600@10.0.0.5"),
  ];
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const crossed = { phones: 0, trunks: 0 };
  for (let step = 0; step < 300; step++) {
    const who = pick(actors);
    if (who === undefined) continue;
    const before = world.sent.length;
    const dice = random();
    const other = pick(world.sent);
    if (dice < 0.25) begin(who, pick, random() < 0.3 ? other?.message : undefined);
    else if (dice < 0.5 && other !== undefined) steal(who.party, other.message, other.text, random());
    else who.random.step();
    const sent = world.sent.slice(before);
    for (const message of sent) expect([seed, groupOf(message), message.text]).toEqual([seed, who.group, message.text]);
    crossed[who.group] += sent.filter((s) => s.flow.id !== who.party.flow.id).length;
    // What timers do belongs to nobody's step.
    if (random() < 0.1) world.advance(Math.floor(random() * 2_000));
  }
  return crossed;
}

test("threat L7: what a phone says never leaves by the trunks' socket, and what a carrier says never by the phones'", () => {
  const all = Array.from({ length: 40 }, (_, seed) => play(seed + 1));
  // A control: both sides did get through to the PBX and back.
  expect(all.reduce((sum, { phones }) => sum + phones, 0)).toBeGreaterThan(500);
  expect(all.reduce((sum, { trunks }) => sum + trunks, 0)).toBeGreaterThan(500);
});
