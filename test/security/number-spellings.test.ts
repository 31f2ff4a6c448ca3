/** Number-normalisation bypass, one of the "five more": however a number is written, it is the same number, or none. */

import { plainNumber } from "@ringfence/policy";
import { parseUri } from "@ringfence/sip";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EdgeWorld } from "../support/edge-world.ts";
import { inviteLines, offer } from "../support/sip-script.ts";

/** The one number that the carrier may deliver. */
const wanted = "15550100123";

/** An octet of the number as somebody may write it. */
const spelledDigit = (digit: string) =>
  fc.constantFrom(digit, digit, digit, `%3${digit}`, `-${digit}`, `.${digit}`, `(${digit})`);

const spelled = (digits: string) => fc.tuple(...[...digits].map(spelledDigit)).map((parts) => parts.join(""));

const uri = fc
  .tuple(
    spelled(wanted),
    fc.constantFrom("+", "%2B", "", "%2b"),
    fc.constantFrom("sip", "tel", "SIP", "Tel", "sips"),
    fc.constantFrom("", ";user=phone", ";phone-context=+1", ";isub=4", ";transport=udp"),
    fc.boolean(),
  )
  .map(([digits, plus, scheme, tail, inUser]) => {
    if (scheme.toLowerCase() === "tel") return `${scheme}:${plus}${digits}${tail}`;
    return inUser
      ? `${scheme}:${plus}${digits}${tail.replace(";user=phone", "")}@203.0.113.1`
      : `${scheme}:${plus}${digits}@203.0.113.1${tail}`;
  });

/** What the one who decides sees, and what the PBX is given: the same number, or the call does not happen. */
test("threat number spellings: 10,000 spellings of one number are that number for policy and PBX alike, or are refused", () => {
  const trunks = `
  - name: carrier
    mode: peer
    hosts: [{ uri: "sip:198.51.100.7" }]
    from: [198.51.100.7]
    limits: { calls: 1000, calls_per_second: 100 }
    inbound: { to: pbx, did: ["+${wanted}"] }`;
  let world = new EdgeWorld("", { trunks });
  let [through, refused, calls] = [0, 0, 0];
  fc.assert(
    fc.property(uri, (to) => {
      if (++calls % 50 === 0) world = new EdgeWorld("", { trunks });
      const carrier = world.carrier();
      carrier.send(
        inviteLines(carrier, {
          to,
          from: "<sip:+4930123@198.51.100.7>",
          callId: `c${calls}`,
          extra: ["Content-Type: application/sdp"],
        }),
        offer,
      );
      const [sent] = world.pbx("trunks").inbox.splice(0);
      if (sent?.message.kind !== "request") {
        refused++;
        return;
      }
      through++;
      const given = sent.message.requestUri;
      const number = given.kind === "sip" ? given.user : given.kind === "tel" ? given.number : undefined;
      expect(plainNumber(number ?? "")).toBe(wanted);
      expect(number).toMatch(/^\+?[0-9]+$/);
    }),
    { numRuns: 10_000, seed: 20_261_122 },
  );
  expect(through).toBeGreaterThan(1_000);
  expect(through + refused).toBe(10_000);
});

test.each(["+1555٠100123", " 15550100123", "1555 0100123", "15550100123%00", "1555010012３", "+15550100123,1"])(
  "threat number spellings: %j is no number to anybody",
  (text) => {
    const parsed = parseUri(`sip:${text}@203.0.113.1`);
    const user = parsed?.kind === "sip" ? (parsed.user ?? "") : "";
    expect(plainNumber(user)).toBeUndefined();
  },
);
