/** The short, deterministic run of the SIP fuzz targets: fixed seeds, every crash ever saved, and structured messages. */
import { parseMessage } from "@ringfence/sip";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { corpusOf, fuzzTimes } from "./fuzz-driver.ts";
import { framerHolds, parserHolds, sipTargets, valuesHold } from "./sip-targets.ts";

describe.each([...sipTargets])("$name", (target) => {
  test("holds its invariants on mutated torture messages", () => {
    for (const seed of [1, 2, 3]) fuzzTimes(target, seed, 400);
  });

  test("holds its invariants on every octet string that once broke them", () => {
    for (const { file, bytes } of corpusOf(target.name)) {
      expect(() => target.run(bytes), file).not.toThrow();
    }
  });
});

const blank = fc.constantFrom("", "", "", " ", "\t", "\r\n ", " \r\n\t ");
const tokenText = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,12}$/);
const scheme = fc.constantFrom("sip:", "sips:", "SIP:", "tel:", "urn:service:", "x-y:", "");
const hostText = fc.constantFrom(
  "example.com",
  "192.0.2.1",
  "[2001:db8::1]",
  "010.0.0.1",
  "1.2.3",
  "a_b",
  "x.",
  "[::g]",
  "",
);
const uriText = fc
  .tuple(
    scheme,
    fc.constantFrom("", "a@", "a:b@", "%00@", "+1-2@", "a;b?c@"),
    hostText,
    fc.constantFrom("", ":5060", ":0", ":99999", ":"),
  )
  .map((parts) => parts.join(""));
const paramText = fc
  .tuple(blank, tokenText, blank, fc.constantFrom("", "=", "=v", '="q;,"', '="'), blank)
  .map(([a, n, b, v, c]) => `;${a}${n}${b}${v}${c}`);
const nameAddrText = fc
  .tuple(
    fc.constantFrom("", '"A" ', "B C ", '"', '"\\"" '),
    fc.boolean(),
    uriText,
    fc.array(paramText, { maxLength: 4 }),
  )
  .map(([name, angle, uri, params]) => `${name}${angle ? `<${uri}>` : uri}${params.join("")}`);
const viaText = fc
  .tuple(
    fc.constantFrom("SIP/2.0/UDP", "SIP / 2.0 / TCP", "sip/2.0/x", "SIP/7.0/UDP"),
    hostText,
    fc.array(paramText, { maxLength: 4 }),
  )
  .map(([protocol, host, params]) => `${protocol} ${host}${params.join("")}`);
const fieldText = fc.oneof(
  fc.tuple(fc.constantFrom("From", "f", "TO", "t", "Contact", "m", "Route"), nameAddrText),
  fc.tuple(fc.constantFrom("Via", "v", "VIA"), viaText),
  fc.tuple(fc.constantFrom("CSeq", "cseq"), fc.constantFrom("1 INVITE", "4294967296 INVITE", "-1 INVITE", "1INVITE")),
  fc.tuple(
    fc.constantFrom("Content-Length", "l", "L"),
    fc.constantFrom("0", "4", "5", "-1", "0x4", "", "4, 4", "99999999999"),
  ),
  fc.tuple(fc.constantFrom("Call-ID", "i"), tokenText),
  fc.tuple(tokenText, fc.string({ unit: "binary-ascii", maxLength: 20 })),
);
const messageText = fc
  .tuple(
    fc.constantFrom("INVITE", "REGISTER", "ACK", "FOO"),
    uriText,
    fc.array(fc.tuple(fieldText, blank, blank), { maxLength: 14 }),
    fc.constantFrom("", "v=0\r\n", "abcd"),
  )
  .map(([method, uri, fields, body]) => {
    const lines = fields.map(([[name, value], a, b]) => `${name}${a.includes("\n") ? "" : a}:${b}${value}\r\n`);
    return `${method} ${uri} SIP/2.0\r\n${lines.join("")}\r\n${body}`;
  });

test("messages put together from legal and nearly legal parts never break an invariant", () => {
  fc.assert(
    fc.property(messageText, (text) => {
      parserHolds(Buffer.from(text, "latin1"));
      framerHolds(Buffer.from(text, "latin1"));
    }),
    { seed: 20, numRuns: 1500 },
  );
});

test("values put together from legal and nearly legal parts read back the same", () => {
  const value = fc.oneof(nameAddrText, viaText, uriText).map((text) => text.replaceAll("\r\n", ""));
  fc.assert(
    fc.property(value, (text) => valuesHold(Buffer.from(text, "latin1"))),
    { seed: 21, numRuns: 3000 },
  );
});

test("a whole message with every mandatory field and arbitrary values is either refused or reads back the same", () => {
  const mostly = (text: fc.Arbitrary<string>, good: string) =>
    fc.oneof(text, { weight: 3, arbitrary: fc.constant(good) });
  const fields = fc.tuple(
    mostly(viaText, "SIP/2.0/UDP h.example:5070;rport;branch=z9hG4bK1"),
    mostly(nameAddrText, "<sip:a@b.example>;tag=1"),
    mostly(nameAddrText, "<tel:+12-3>"),
    tokenText,
    fc.nat(),
    fc.constantFrom("", "v=0\r\n"),
  );
  let understood = 0;
  fc.assert(
    fc.property(fields, ([via, from, to, callId, cseq, body]) => {
      const head = `INVITE sip:a@b.example SIP/2.0\r\nVia: ${via}\r\nFrom: ${from}\r\nTo: ${to}\r\n`;
      const text = `${head}Call-ID: ${callId}\r\nCSeq: ${cseq} INVITE\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      const octets = Buffer.from(text, "latin1");
      if (parseMessage(octets, "stream").kind === "request") understood++;
      parserHolds(octets);
    }),
    { seed: 22, numRuns: 1500 },
  );
  expect(understood).toBeGreaterThan(200);
});
