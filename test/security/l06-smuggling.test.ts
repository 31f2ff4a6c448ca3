import type { Request } from "@ringfence/sip";
import { expect, test } from "vitest";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { branch, offer, registered } from "../support/sip-script.ts";

const unlimited = "policy: { limits: { calls: 20000, calls_per_second: 10000, calls_per_account: 1000 } }";

/** All that may stand in a message towards the PBX. */
const allowed = new Set([
  "via",
  "max-forwards",
  "from",
  "to",
  "call-id",
  "cseq",
  "contact",
  "expires",
  "allow",
  "accept",
  "content-type",
  "content-length",
  "authorization",
  "proxy-authorization",
  "route",
  "reason",
]);
const singletons = ["From", "To", "Call-ID", "CSeq", "Content-Length", "Max-Forwards", "Contact"];

const sensitive: readonly (readonly [name: string, compact: string, value: string])[] = [
  ["From", "f", "<sip:1001@pbx.example.com>;tag=caller"],
  ["To", "t", "<sip:600@pbx.example.com>"],
  ["Contact", "m", "<sip:1001@192.0.2.10:40000>"],
  ["P-Asserted-Identity", "P-Asserted-Identity", "<sip:1000@pbx.example.com>"],
  ["Remote-Party-ID", "Remote-Party-ID", "<sip:1000@pbx.example.com>"],
  ["Diversion", "Diversion", "<sip:1000@pbx.example.com>"],
  ["Call-ID", "i", "call-of-the-phone"],
  ["CSeq", "CSeq", "10 INVITE"],
  ["Content-Length", "l", String(offer.length)],
  ["Route", "Route", "<sip:10.0.0.5;lr>"],
  ["X-Bypass-me", "X-Bypass-me", "lol"],
  ["P-Charging-Vector", "P-Charging-Vector", "icid-value=1"],
];

function base(skip: string): readonly string[] {
  const all: Record<string, string> = {
    Via: `SIP/2.0/UDP 192.0.2.10:40000;branch=${branch()};rport`,
    "Max-Forwards": "70",
    From: "<sip:1001@pbx.example.com>;tag=caller",
    To: "<sip:600@pbx.example.com>",
    // Each is a request of its own, or it would be refused as one that came twice (RFC 3261 §8.2.2.2).
    "Call-ID": branch(),
    CSeq: "10 INVITE",
    Contact: "<sip:1001@192.0.2.10:40000>",
    "Content-Type": "application/sdp",
    "Content-Length": String(offer.length),
  };
  return Object.entries(all).flatMap(([name, value]) => (name === skip ? [] : [`${name}: ${value}`]));
}

/** Where a byte may be hidden: before and after the name, around the colon, in the value, before the line's end. */
function placements(name: string, value: string, byte: string): readonly string[] {
  const middle = Math.floor(value.length / 2);
  return [
    `${byte}${name}: ${value}`,
    `${name}${byte}: ${value}`,
    `${name.slice(0, 1)}${byte}${name.slice(1)}: ${value}`,
    `${name}:${byte}${value}`,
    `${name}: ${value.slice(0, middle)}${byte}${value.slice(middle)}`,
    `${name}: ${value}${byte}`,
  ];
}

function send(phone: Party, skip: string, lines: readonly string[]): void {
  const text = `INVITE sip:600@pbx.example.com SIP/2.0\r\n${[...base(skip), ...lines].join("\r\n")}\r\n\r\n${offer}`;
  phone.sendRaw(Buffer.from(text, "latin1"));
}

/**
 * What is wrong with what left towards the PBX, which is ours from the first octet to the last. Collected as text and
 * expected to be empty once: an expectation for each of some 50,000 messages takes longer than the messages do.
 */
function faults(world: EdgeWorld, sent: string): readonly string[] {
  return world
    .pbx()
    .inbox.flatMap(({ message, text }) =>
      message.kind === "request" && message.method === "INVITE"
        ? faultsOf(message, text).map((fault) => `${JSON.stringify(sent)}: ${fault}`)
        : [],
    );
}

function faultsOf({ headers, requestUri }: Request, text: string): readonly string[] {
  const found: string[] = [];
  for (const line of text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n").slice(1)) {
    if (!allowed.has(line.slice(0, line.indexOf(":")).toLowerCase())) found.push(`not ours: ${line}`);
    if (hasControl(line)) found.push(`control octet: ${JSON.stringify(line)}`);
  }
  for (const name of singletons) if (headers.all(name).length !== 1) found.push(`not exactly one ${name}`);
  const from = headers.get("From") ?? "";
  if (!/^<sip:1001@pbx\.example\.com>;tag=[0-9a-f]{16}$/.test(from)) found.push(`From: ${from}`);
  if (requestUri.raw !== "sip:600@pbx.example.com") found.push(`to: ${requestUri.raw}`);
  return found;
}

function hasControl(line: string): boolean {
  for (let at = 0; at < line.length; at++) {
    const char = line.charCodeAt(at);
    if (char < 0x20 || char === 0x7f) return true;
  }
  return false;
}

/** Calls that were admitted stay up: of more octets than this they would reach the limit of an account. */
const octetsOfOneWorld = 16;

/** All placements of an octet in or around one field, alone and beside the right one. */
function attack(world: EdgeWorld, phone: Party, field: (typeof sensitive)[number], byte: number): Outcome {
  const [name, compact, value] = field;
  const found: string[] = [];
  let crossed = 0;
  // Letters, digits and what is not ASCII are tried in one spelling only; what is special is tried in all.
  const plain = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x7a) || byte >= 0x80;
  for (const spelling of plain ? [name] : [name, compact, name.toUpperCase()]) {
    for (const line of placements(spelling, value, String.fromCharCode(byte))) {
      for (const skip of [name, ""]) {
        send(phone, skip, [line]);
        found.push(...faults(world, skip === "" ? `${line} (twice)` : line));
        crossed += world.pbx().inbox.splice(0).length;
      }
    }
  }
  return { found, crossed };
}

/** Every octet. A world is expensive, so some share one. */
function attacks(field: (typeof sensitive)[number]): readonly Outcome[] {
  const firsts = Array.from({ length: 256 / octetsOfOneWorld }, (_, at) => at * octetsOfOneWorld);
  return firsts.flatMap((first) => {
    const world = new EdgeWorld(unlimited);
    const phone = world.phone();
    registered(world, phone);
    return Array.from({ length: octetsOfOneWorld }, (_, at) => attack(world, phone, field, first + at));
  });
}

interface Outcome {
  readonly found: readonly string[];
  /** Messages that reached the PBX and were looked at. */
  readonly crossed: number;
}

for (const field of sensitive) {
  const [name] = field;
  test(`threat L6: no byte hidden in or around ${name} makes the PBX see another message than we authorised`, () => {
    const outcomes = attacks(field);
    expect(outcomes.flatMap(({ found }) => found)).toEqual([]);
    // If nothing crossed, nothing was proved.
    expect(outcomes.reduce((sum, { crossed }) => sum + crossed, 0)).toBeGreaterThan(100);
  });
}

test("threat L6: folded, bare-LF, bare-CR and NUL lines cannot carry a header past us", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  const smuggled = [
    "Subject: a\r\n P-Asserted-Identity: <sip:1000@pbx.example.com>",
    "Subject: a\nP-Asserted-Identity: <sip:1000@pbx.example.com>",
    "Subject: a\rP-Asserted-Identity: <sip:1000@pbx.example.com>",
    "Subject: a\0\r\nP-Asserted-Identity: <sip:1000@pbx.example.com>",
    "Subject: \xc0\x8d\xc0\x8aP-Asserted-Identity: <sip:1000@pbx.example.com>",
  ];
  for (const line of smuggled) {
    send(phone, "", [line]);
    for (const { text } of world.pbx().inbox.splice(0)) expect(text).not.toContain("1000");
  }
});

test("threat L6: the user part that crosses is escaped, so that no URI becomes two", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  const tricks = ["600%40evil.example.com", "600%3Bevil=1", "600%0d%0aX-Evil:1", "600%20SIP/2.0", "%3Csip:600%3E"];
  for (const user of tricks) {
    const text = `INVITE sip:${user}@pbx.example.com SIP/2.0\r\n${base("").join("\r\n")}\r\n\r\n${offer}`;
    phone.sendRaw(Buffer.from(text, "latin1"));
    for (const { message } of world.pbx().inbox.splice(0)) {
      if (message.kind !== "request" || message.requestUri.kind !== "sip") continue;
      expect(message.requestUri.host).toBe("pbx.example.com");
      expect(message.headers.has("X-Evil")).toBe(false);
    }
  }
});
