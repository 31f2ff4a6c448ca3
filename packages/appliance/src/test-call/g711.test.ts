import { expect, test } from "vitest";
import { fromMulaw } from "../../../../test/support/tone.ts";
import { decode, encode, g711 } from "./g711.ts";
import { tonePayload, toneShare } from "./tone.ts";

test.each(g711)("payload type %i: each octet is what its own sample is written as", (format) => {
  for (let octet = 0; octet < 256; octet++) {
    // µ-law has two zeros.
    if (format === 0 && octet === 0x7f) continue;
    expect(encode(format, decode(format, octet))).toBe(octet);
  }
});

test("µ-law is read as the recordings of the laboratory are", () => {
  const octets = Uint8Array.from({ length: 256 }, (_, octet) => octet);
  expect([...octets].map((octet) => decode(0, octet) + 0)).toEqual([...fromMulaw(octets).samples]);
});

test.each(g711)("payload type %i: a pitch is heard as itself, and as nothing else", (format) => {
  const payload = tonePayload(format, 1_250);
  expect(toneShare(format, payload, 1_250)).toBeGreaterThan(0.95);
  expect(toneShare(format, payload, 1_850)).toBeLessThan(0.05);
  expect(toneShare(format, new Uint8Array(160).fill(encode(format, 0)), 1_250)).toBeLessThan(0.5);
});
