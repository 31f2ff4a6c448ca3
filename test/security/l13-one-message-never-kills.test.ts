/** Threat L13 at the parser: whatever comes, a value comes out, at a cost linear in the length. */
import { parseMessage, StreamFramer, withSession } from "@ringfence/sip";
import { describe, expect, test } from "vitest";
import { framerHolds, parserHolds } from "../fuzz/sip-targets.ts";
import { judge, tortureFolder } from "../support/torture.ts";

const files = [...tortureFolder("rfc4475").files, ...tortureFolder("rfc5118").files];

describe.each(files)("$name", ({ bytes }) => {
  test("threat L13: cut off at any octet it is judged, never thrown", () => {
    for (let length = 0; length <= bytes.length; length++) judge(bytes.subarray(0, length));
  });

  test("threat L13: with any single bit flipped in it is judged, never thrown", () => {
    const copy = Buffer.from(bytes);
    for (let at = 0; at < Math.min(copy.length, 1500); at++) {
      for (let bit = 0; bit < 8; bit++) {
        copy[at] = (copy[at] ?? 0) ^ (1 << bit);
        judge(copy);
        copy[at] = bytes[at] ?? 0;
      }
    }
  });

  test("threat L13: its invariants hold cut off and with a flipped bit", () => {
    for (let at = 1; at < bytes.length; at += 149) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      for (const input of [bytes.subarray(0, at), flipped]) {
        parserHolds(input);
        framerHolds(input);
      }
    }
  });
});

test.each(["__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "valueOf"])(
  "threat L13: %s as header name, parameter or method changes no prototype",
  (name) => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const text = [
      `${name} sip:a@example.com;${name}=1 SIP/2.0`,
      `Via: SIP/2.0/UDP host.example;branch=z9hG4bK1;${name}=polluted`,
      `From: <sip:a@example.com;${name}=x>;tag=1;${name}=polluted`,
      `To: <sip:b@example.com>;${name}`,
      `Call-ID: ${name}`,
      `CSeq: 1 ${name}`,
      `${name}: polluted`,
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n");
    const message = parseMessage(Buffer.from(text), "datagram");
    if (message.kind === "failure") throw new Error(message.text);
    expect(message.headers.all(name)).toEqual(["polluted"]);
    expect(message.headers.get("valueOf")).toBe(name === "valueOf" ? "polluted" : undefined);
    expect(judge(Buffer.from(text)).answer).toBe(501);
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  },
);

/** Messages of about `size` octets, each built to make one careless algorithm quadratic. */
const shapes: readonly (readonly [string, (size: number) => string])[] = [
  ["many headers", (size) => whole("X: 1\r\n".repeat(Math.min(250, size / 6)) + long("Y", size))],
  ["one long header", (size) => whole(`X: ${"a".repeat(size)}\r\n`)],
  ["long headers", (size) => whole(long("X", size))],
  ["folds", (size) => whole(`X: 1${"\r\n a".repeat(size / 4)}\r\n`)],
  ["empty folds", (size) => whole(`X: 1${"\r\n ".repeat(size / 3)}\r\n`)],
  ["headers full of folds", (size) => whole(`X: 1${"\r\n a".repeat(240)}\r\n`.repeat(size / 1000))],
  ["commas in Via", (size) => whole(`Via: ${",".repeat(size)}\r\n`)],
  ["Vias", (size) => whole(`Via: SIP/2.0/UDP h.example;branch=z9hG4bK1;x=${"1".repeat(700)}\r\n`.repeat(size / 750))],
  ["quotes", (size) => whole(`To: ${'"\\'.repeat(size / 2)}\r\n`)],
  ["spaces", (size) => whole(`X:${" ".repeat(size)}1\r\n`)],
  ["spaces before the colon", (size) => whole(`X${" ".repeat(size)}: 1\r\n`)],
  ["semicolons", (size) => whole(`To: <sip:a@b.example>${";a".repeat(size / 2)}\r\n`)],
  ["percents", (size) => whole(`To: <sip:${"%41".repeat(size / 3)}@b.example>\r\n`)],
  ["angles", (size) => whole(`Contact: ${"<".repeat(size)}\r\n`)],
  ["line ends first", (size) => "\r\n".repeat(size / 2) + whole("")],
  ["bare CRs", (size) => whole(`X: ${"\r".repeat(size)}\r\n`)],
  ["no end of the head", (size) => `INVITE sip:a@b SIP/2.0\r\n${"X: 1\r\n".repeat(size / 6)}`],
  ["a body", (size) => `${whole("").slice(0, -2)}\r\n${"\r\n\r\n".repeat(size / 4)}`],
];

function whole(fields: string): string {
  const head = "INVITE sip:a@b.example SIP/2.0\r\nVia: SIP/2.0/UDP h.example;branch=z9hG4bK1\r\n";
  return `${head}From: <sip:a@b.example>;tag=1\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n${fields}\r\n`;
}

function long(name: string, size: number): string {
  const line = `${name}: ${"a".repeat(995)}\r\n`;
  return line.repeat(size / line.length);
}

const ROUNDS = 400;

/**
 * A ratio inside one run, the two sizes alternating so that a busy machine slows both. The smallest of many repetitions
 * is what the work costs; anything above it is the neighbours, so it stops as soon as the claim is shown. Quadratic work
 * has a ratio of 4096 and does not get there in any number of rounds.
 */
function ratio(work: (octets: Buffer) => void, small: Buffer, large: Buffer): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && (round < 5 || most / least >= 80); round++) {
    least = Math.min(least, cost(work, small));
    most = Math.min(most, cost(work, large));
  }
  return most / least;
}

/** The kernel counts a thread's time in steps of up to 4 ms: a measurement is many of them. */
const LONG_ENOUGH = 10_000;

/** Microseconds of one execution. */
function cost(work: (octets: Buffer) => void, octets: Buffer): number {
  // Of this thread's own work: whoever else runs meanwhile is not counted.
  const before = process.threadCpuUsage();
  for (let times = 1; ; times++) {
    work(octets);
    // Asking costs as much as reading something small.
    if (times % 8 !== 0) continue;
    const { user, system } = process.threadCpuUsage(before);
    if (user + system >= LONG_ENOUGH) return (user + system) / times;
  }
}

test.each(shapes)("threat L13: 64 kB of %s cost at most 80 times 1 kB", (name, shape) => {
  const small = Buffer.from(shape(1000), "latin1");
  const large = Buffer.from(shape(64_000), "latin1");
  expect(ratio((octets) => parseMessage(octets, "datagram"), small, large)).toBeLessThan(80);
  // Line ends are keep-alives to the framer: one object each, so the collector, not the framer, is what that would time.
  if (name === "line ends first") return;
  expect(ratio((octets) => new StreamFramer().push(octets), small, large)).toBeLessThan(80);
});

/** Bodies of about `size` octets whose boundary is `b` seventy times: the longest there may be. */
const bodies: readonly (readonly [string, (size: number) => string])[] = [
  ["almost boundaries", (size) => `\r\n--${"b".repeat(69)}`.repeat(size / 73)],
  ["the octet of the boundary", (size) => "b".repeat(size)],
  ["hyphens", (size) => `${delimiter}\r\n\r\n${"-".repeat(size)}`],
  ["white space after a boundary", (size) => delimiter + " ".repeat(size)],
  ["header fields of a part", (size) => `${delimiter}\r\n${"X: 1\r\n".repeat(size / 6)}\r\n${delimiter}--`],
  ["folds in a part", (size) => `${delimiter}\r\nX: 1${"\r\n a".repeat(size / 4)}\r\n\r\n${delimiter}--`],
  ["parts", (size) => `${delimiter}\r\n\r\nx`.repeat(size / 80)],
  ["multiparts in one another", (size) => `${delimiter}\r\n${nested}\r\n\r\n`.repeat(size / 190)],
];
const delimiter = `\r\n--${"b".repeat(70)}`;
const nested = `Content-Type: multipart/mixed;boundary=${"b".repeat(70)}`;

test.each(bodies)("threat L13: a multipart body of %s costs at 64 kB at most 80 times 1 kB", (_name, shape) => {
  const octets = (size: number) =>
    Buffer.from(`${whole(`To: <sip:b@b.example>\r\n${nested}\r\n`)}${shape(size)}`, "latin1");
  const read = (bytes: Buffer) => {
    const message = parseMessage(bytes, "datagram");
    if (message.kind !== "failure") withSession(message);
  };
  expect(parseMessage(octets(63_000), "datagram").kind).toBe("request");
  expect(ratio(read, octets(1000), octets(63_000))).toBeLessThan(80);
});

test("threat L13: octet by octet, 64 kB cost the framer at most 80 times 1 kB", () => {
  const single = (octets: Buffer) => {
    const framer = new StreamFramer();
    for (let at = 0; at < octets.length; at++) framer.push(octets.subarray(at, at + 1));
  };
  const small = Buffer.from(whole(long("X", 1000)), "latin1");
  const large = Buffer.from(whole(long("X", 64_000)), "latin1");
  expect(ratio(single, small, large)).toBeLessThan(80);
});
