import { expect, test } from "vitest";
import { encodeALaw, encodeMuLaw, tone } from "./g711.ts";

test("silence, extremes and steps are the octets of G.711", () => {
  expect([0, 1, -1, 32_767, -32_768, 1000, -1000].map(encodeMuLaw)).toEqual([0xff, 0xff, 0x7f, 0x80, 0x00, 0xce, 0x4e]);
  expect([0, -1, 32_767, -32_768, 1000, -1000].map(encodeALaw)).toEqual([0xd5, 0x55, 0xaa, 0x2a, 0xfa, 0x7a]);
});

test("the tone is five frames of 20 ms that meet at a whole period", () => {
  for (const frames of [tone.PCMU, tone.PCMA]) expect(frames.map((f) => f.length)).toEqual([160, 160, 160, 160, 160]);
  expect(tone.PCMU[0]?.[0]).toBe(0xff);
});
