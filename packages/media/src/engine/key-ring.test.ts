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

test("the key before the current one finds its context again", () => {
  const keys = ring();
  expect([keys.use(key(1)), keys.use(key(2)), keys.use(key(1)), keys.use(key(2))]).toEqual([1, 2, 1, 2]);
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
