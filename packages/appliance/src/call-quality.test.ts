import type { LegSummary } from "@ringfence/media";
import { expect, test } from "vitest";
import { formatQuality, qualityFields, qualityOf } from "./call-quality.ts";

const leg: LegSummary = {
  codec: "pcmu",
  suite: "AES_CM_128_HMAC_SHA1_80",
  keying: "sdes",
  packets: 500,
  lost: 3,
  reordered: 0,
  duplicate: 0,
  jitterMs: 3.0714,
  gapMs: 40.4,
  roundTripMs: 61.7,
  mos: 4.3456,
  mosWorst: 3.9,
  mosLast: 4.3,
  heardLoss: undefined,
  heardJitterMs: undefined,
  heardMos: undefined,
  heardMosWorst: undefined,
  heardMosLast: undefined,
};

test("the last line of a call has both legs, and nothing of what is not known", () => {
  const fields = qualityOf({ a: leg, b: { ...leg, suite: undefined, lost: 0 } });
  expect(fields).toMatchObject({ a_codec: "pcmu", a_lost: 3, a_jitter_ms: 3.1, a_rtt_ms: 62, a_mos: 4.35, b_lost: 0 });
  expect(Object.keys(fields).filter((name) => !qualityFields.includes(name))).toEqual([]);
  expect(fields).not.toHaveProperty("a_heard_mos");
  expect(fields).not.toHaveProperty("b_suite");
});

test("a call without sound adds nothing", () => {
  expect(qualityOf(undefined)).toEqual({});
});

test("status says what is wrong now, and the worst marks", () => {
  const rtp = { received: 0, lost: 0 };
  const none = { "one-way": 0, silent: 0, poor: 0 };
  const quality = { now: none, events: none, rtp: { phone: rtp, trunk: rtp, core: rtp }, worst: [] };
  expect(formatQuality(quality)).toBe("0 one-way, 0 silent, 0 poor");
  expect(formatQuality({ ...quality, worst: [{ call: "c-1", leg: "a", mos: 2.345 }] })).toBe(
    "0 one-way, 0 silent, 0 poor; worst MOS 2.3 (c-1, a)",
  );
});
