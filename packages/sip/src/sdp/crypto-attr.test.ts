import fc from "fast-check";
import { expect, test } from "vitest";
import { formatCrypto, parseCrypto } from "./crypto-attr.ts";

const suite = "AES_CM_128_HMAC_SHA1_80";
const key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

test.each([
  // RFC 4568 §4.1, §6.1, §9.2 and appendix examples.
  [`1 ${suite} inline:${key}|2^20|1:4`, 1n << 20n, { value: 1, length: 4 }, []],
  [`1 ${suite} inline:${key}|2^20|1:4 FEC_ORDER=FEC_SRTP`, 1n << 20n, { value: 1, length: 4 }, ["FEC_ORDER=FEC_SRTP"]],
  [`1 ${suite} inline:${key}|1:32`, undefined, { value: 1, length: 32 }, []],
  [`1 ${suite} inline:${key}|2^20`, 1n << 20n, undefined, []],
  [`1 ${suite} inline:${key}|1048575`, 1_048_575n, undefined, []],
  [`1 ${suite} inline:${key} KDR=1 UNENCRYPTED_SRTCP -X`, undefined, undefined, ["KDR=1", "UNENCRYPTED_SRTCP", "-X"]],
] as const)("%s is read", (value, lifetime, mki, sessionParams) => {
  const crypto = parseCrypto(value);
  expect(crypto).toMatchObject({ tag: 1, suite, lifetime, mki, sessionParams });
  expect(crypto?.key).toEqual(new Uint8Array(Buffer.from(key, "base64")));
  expect(crypto === undefined ? "" : formatCrypto(crypto)).toBe(value);
});

test("padding may be there or not", () => {
  const padded = Buffer.alloc(28, 7).toString("base64");
  for (const text of [padded, padded.slice(0, -2)]) {
    expect(parseCrypto(`2 AEAD_AES_128_GCM inline:${text}`)?.key).toHaveLength(28);
  }
});

test.each([
  "",
  "1",
  `1 ${suite}`,
  `1 ${suite} inline:`,
  `x ${suite} inline:${key}`,
  `-1 ${suite} inline:${key}`,
  `1234567890 ${suite} inline:${key}`,
  ` 1 ${suite} inline:${key}`,
  `1 AES-CM inline:${key}`,
  `1 ${suite} other:${key}`,
  `1 ${suite} INLINE:${key}`,
  `1 ${suite} inline:${key}!`,
  `1 ${suite} inline:${key.replace("W", "-")}`,
  `1 ${suite} inline:${key}=`,
  `1 ${suite} inline:AB`,
  `1 ${suite} inline:${"A".repeat(260)}`,
  `1 ${suite} inline:${key};inline:${key}`,
  `1 ${suite} inline:${key}|0`,
  `1 ${suite} inline:${key}|2^49`,
  `1 ${suite} inline:${key}|2^`,
  `1 ${suite} inline:${key}|2^020`,
  `1 ${suite} inline:${key}|1e3`,
  `1 ${suite} inline:${key}|`,
  `1 ${suite} inline:${key}|1:0`,
  `1 ${suite} inline:${key}|1:129`,
  `1 ${suite} inline:${key}|256:1`,
  `1 ${suite} inline:${key}|1:4:4`,
  `1 ${suite} inline:${key}|1:4|2^20`,
  `1 ${suite} inline:${key}|2^20|2^20`,
  `1 ${suite} inline:${key}|2^20|1:4|1:4`,
  `1 ${suite} inline:${key}${" X".repeat(17)}`,
])("%s is refused", (value) => {
  expect(parseCrypto(value)).toBeUndefined();
});

test("whatever is formatted is read back", () => {
  const mki = fc.option(fc.record({ value: fc.nat(255), length: fc.integer({ min: 1, max: 128 }) }), {
    nil: undefined,
  });
  const lifetime = fc.option(fc.bigInt({ min: 1n, max: 1n << 48n }), { nil: undefined });
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.nat(999_999_999), bytes, lifetime, mki, (tag, octets, packets, index) => {
      const crypto = { tag, suite, key: octets, lifetime: packets, mki: index, sessionParams: [] };
      expect(parseCrypto(formatCrypto(crypto))).toEqual(crypto);
    }),
  );
});

test("any text gives an attribute or nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."12 _|:^;=inlieAES\t\xff"), maxLength: 80 }), (text) => {
      for (const value of [text, `1 ${suite} inline:${text}`, `1 ${suite} inline:${key}|${text}`]) parseCrypto(value);
    }),
  );
});
