import { suiteNames } from "@ringfence/node-srtp";
import { expect, test } from "vitest";
import type { SrtpKey } from "./engine.ts";
import { KeyRing, sameKey } from "./key-ring.ts";

const key = (fill: number, suite: SrtpKey["suite"] = "AES_CM_128_HMAC_SHA1_80"): SrtpKey => ({
  suite,
  key: new Uint8Array(30).fill(fill),
});

function ring() {
  let made = 0;
  return new KeyRing(() => ++made);
}

test("the same key finds the same context, even as another object", () => {
  const keys = ring();
  expect([keys.use(key(1)), keys.use(key(1))]).toEqual([1, 1]);
});

test("RFC 3711 §9.1: forks that take one suite of our offer each, and the first again, never find a fresh context", () => {
  const keys = ring();
  const forks = suiteNames.map((suite, fill) => key(fill, suite));
  expect(forks.map((fork) => keys.use(fork))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect([keys.use(forks[0]), keys.use(forks[4]), keys.use(forks[0])]).toEqual([1, 5, 1]);
});

test("a ring has as many contexts as there are suites: the one unused for longest goes", () => {
  const keys = ring();
  for (let fill = 0; fill < 8; fill++) keys.use(key(fill));
  keys.use(key(0));
  keys.use(key(8));
  expect([keys.use(key(0)), keys.use(key(2)), keys.use(key(1))]).toEqual([1, 3, 10]);
});

test("the same octets under another suite are another key", () => {
  const keys = ring();
  expect([keys.use(key(1)), keys.use(key(1, "AES_CM_128_HMAC_SHA1_32"))]).toEqual([1, 2]);
});

test("a pause without SRTP does not forget the context", () => {
  const keys = ring();
  expect([keys.use(key(1)), keys.use(undefined), keys.use(key(1))]).toEqual([1, undefined, 1]);
});

test("no key is the same as no key only", () => {
  expect([sameKey(undefined, undefined), sameKey(key(1), undefined)]).toEqual([true, false]);
});
