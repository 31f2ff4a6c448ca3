import { expect, test } from "vitest";
import { findingsOf, grade } from "../grade.ts";
import { call } from "./call.ts";
import type { CallSeen, GuestKind, ProbeFacts } from "./observed.ts";

const nothing: ProbeFacts = {
  now: 0,
  doors: [],
  over: undefined,
  exchanges: [],
  relayed: [],
  known: [],
  call: undefined,
};
const silent: ReadonlyMap<GuestKind, number> = new Map([
  ["early", 0],
  ["late", 0],
  ["clear", 0],
  ["forged", 0],
]);
const good: CallSeen = {
  encrypted: { ok: true, suite: "AES_CM_128_HMAC_SHA1_80", why: "" },
  plain: { ok: false, suite: undefined, why: "it was answered 488" },
  guest: { came: 0, heard: silent },
};
const found = (seen: CallSeen): readonly string[] =>
  findingsOf(grade([call], { ...nothing, call: seen })).map(({ id }) => id);
const heard = (kind: GuestKind): CallSeen => ({ ...good, guest: { came: 0, heard: new Map([...silent, [kind, 3]]) } });

test.each<readonly [string, CallSeen]>([
  ["probe-srtp-works", { ...good, encrypted: { ok: false, suite: undefined, why: "it was answered 488" } }],
  ["probe-srtp-optional", { ...good, plain: { ok: true, suite: undefined, why: "" } }],
  ["probe-rtp-bleed", { ...good, guest: { came: 7, heard: silent } }],
  ["probe-rtp-early", heard("early")],
  ["probe-rtp-injection", heard("late")],
  ["probe-srtp-clear", heard("clear")],
  ["probe-srtp-tag", heard("forged")],
])("%s", (id, seen) => expect(found(seen)).toEqual([id]));

test("nothing is found in a good call, and without one nothing is asked", () => {
  expect(found(good)).toEqual([]);
  expect(grade([call], nothing).points[0]?.score).toBeNull();
  const unheard = grade([call], { ...nothing, call: { ...good, guest: undefined } });
  expect(unheard.points[0]?.unseen).toHaveLength(5);
});
