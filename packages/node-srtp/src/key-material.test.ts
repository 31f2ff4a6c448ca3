/** The published vectors are in test/conformance/srtp-vectors.test.ts; these are the traps beside them. */
import { createCipheriv } from "node:crypto";
import { expect, test } from "vitest";
import { srtpFailureName, srtpFailureNames, srtpResult } from "./failure.ts";
import { deriveKeys } from "./key-material.ts";
import { keyAndSaltLength, maxExpansion, suiteNamed, suiteNames, suites } from "./profile.ts";

test("a 12-octet salt is aligned to the left for the derivation, as if two zero octets followed", () => {
  const key = Buffer.alloc(16, 1);
  const salt = Buffer.from("a0a1a2a3a4a5a6a7a8a9aaab", "hex");
  const { rtp } = deriveKeys("AEAD_AES_128_GCM", Buffer.concat([key, salt]));
  const padded = Buffer.concat([salt, Buffer.alloc(4)]);
  expect(rtp.cipher).toEqual(createCipheriv("aes-128-ctr", key, padded).update(Buffer.alloc(16)));
  expect(rtp.salt).toHaveLength(12);
  expect(rtp.auth).toHaveLength(0);
});

test.each(suiteNames)("%s: six different session keys of the suite's lengths", (suite) => {
  const { rtp, rtcp } = deriveKeys(suite, Buffer.alloc(keyAndSaltLength(suite), 9));
  const all = [rtp.cipher, rtp.salt, rtp.auth, rtcp.cipher, rtcp.salt, rtcp.auth].filter((key) => key.length > 0);
  expect(new Set(all.map((key) => key.toString("hex"))).size).toBe(all.length);
  expect(rtp.cipher).toHaveLength(suites[suite].keyLength);
  expect(rtcp.salt).toHaveLength(suites[suite].saltLength);
  expect(suites[suite].rtcpTagLength + 4).toBeLessThanOrEqual(maxExpansion);
});

test.each(suiteNames)("%s: a key of another length is refused by name", (suite) => {
  const right = keyAndSaltLength(suite);
  for (const length of [0, right - 1, right + 1]) {
    expect(() => deriveKeys(suite, Buffer.alloc(length))).toThrow(`${suite} takes ${right} octets`);
  }
});

test("names from a peer are looked up in the table and nowhere else", () => {
  expect(suiteNamed("AEAD_AES_128_GCM")).toBe("AEAD_AES_128_GCM");
  for (const name of ["__proto__", "toString", "aead_aes_128_gcm", "", "NULL"])
    expect(suiteNamed(name)).toBeUndefined();
});

test("every refusal has one code and one name", () => {
  expect(new Set(Object.values(srtpResult)).size).toBe(srtpFailureNames.length);
  for (const name of srtpFailureNames) expect(srtpFailureName(srtpResult[name])).toBe(name);
  expect(srtpFailureName(172)).toBeUndefined();
});

test("a suite has its DTLS-SRTP profile number, or none", () => {
  // RFC 5764 §4.1.2 and RFC 7714 §14.2. RFC 6188 registered none for its suites.
  const numbered = suiteNames
    .map((suite) => [suite, suites[suite].dtlsProfile])
    .filter(([, number]) => number !== undefined);
  expect(numbered).toEqual([
    ["AES_CM_128_HMAC_SHA1_80", 1],
    ["AES_CM_128_HMAC_SHA1_32", 2],
    ["AEAD_AES_128_GCM", 7],
    ["AEAD_AES_256_GCM", 8],
  ]);
});
