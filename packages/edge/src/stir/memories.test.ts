import { expect, test } from "vitest";
import { CredentialCache } from "./credential-cache.ts";
import type { Passport } from "./passport.ts";
import { ReplayMemory } from "./replay-memory.ts";

const passport = (signingInput: string, iat = 1_000): Passport => ({
  signingInput,
  signature: new Uint8Array(64),
  x5u: "https://a.example/",
  orig: "1",
  dest: ["2"],
  iat,
  attest: "A",
  diverted: undefined,
  origid: "x",
});

test("the memory of tokens forgets what could no longer be used, and has an end", () => {
  const memory = new ReplayMemory();
  expect(memory.isReplay(passport("a"), "call-1", 1_000_000, 60_000)).toBe(false);
  expect(memory.isReplay(passport("a"), "call-1", 1_000_000, 60_000)).toBe(false);
  expect(memory.isReplay(passport("a"), "call-2", 1_060_000, 60_000)).toBe(true);
  expect(memory.isReplay(passport("b", 1_100), "call-3", 1_060_001, 60_000)).toBe(false);
  expect(memory.size).toBe(1);
  for (let n = 0; n < 25_000; n++) memory.isReplay(passport(`t${n}`, 1_100), "c", 1_060_001, 60_000);
  expect(memory.size).toBe(20_000);
});

test("certificates are kept for their time and for the authorities that judged them, and not without end", () => {
  const cache = new CredentialCache();
  const trust = [] as const;
  cache.put("u", { found: "certificate-key", trust, until: 10 });
  expect(cache.get("u", trust, 9)).toBe("certificate-key");
  expect(cache.get("u", trust, 10)).toBeUndefined();
  cache.put("u", { found: "certificate-key", trust, until: 10 });
  expect(cache.get("u", [], 9)).toBeUndefined();
  for (let n = 0; n < 300; n++) cache.put(String(n), { found: "certificate-key", trust, until: 10 });
  expect(cache.size).toBe(256);
  expect(cache.get("43", trust, 0)).toBeUndefined();
  expect(cache.get("44", trust, 0)).toBe("certificate-key");
});
