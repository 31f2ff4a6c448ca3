import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Credentials } from "./challenge.ts";
import { checkNonce, issueNonce } from "./nonce.ts";
import { digestResponse, verifyDigest } from "./response.ts";

const context = { key: new Uint8Array(32).fill(7), now: 1_000_000.5, source: "192.0.2.1" };
const verdict = (nonce: string, change: Partial<typeof context> = {}) =>
  checkNonce({ ...context, ...change }, nonce, 60_000);

test("a nonce is fresh for its source until it is too old", () => {
  const nonce = issueNonce(context);
  expect(nonce).toHaveLength(44);
  expect(verdict(nonce)).toBe("fresh");
  expect(verdict(nonce, { now: context.now + 59_000 })).toBe("fresh");
  expect(verdict(nonce, { now: context.now + 61_000 })).toBe("stale");
  expect(verdict(nonce, { source: "192.0.2.2" })).toBe("foreign");
  expect(verdict(nonce, { key: new Uint8Array(32) })).toBe("foreign");
});

test("a clock that went back makes nonces stale, never fresh for longer", () => {
  expect(verdict(issueNonce(context), { now: 0 })).toBe("stale");
});

test("a nonce changed in any digit is foreign", () => {
  const nonce = issueNonce(context);
  for (let at = 0; at < nonce.length; at++) {
    const digit = nonce.charAt(at) === "0" ? "1" : "0";
    expect(verdict(nonce.slice(0, at) + digit + nonce.slice(at + 1))).toBe("foreign");
  }
  for (const text of ["", "69318C2DAFCF4A208C3EC12FC949C016", `${nonce}0`, nonce.replace(/.$/, "g")]) {
    expect(verdict(text)).toBe("foreign");
  }
});

test("a short key is a bug", () => {
  expect(() => issueNonce({ ...context, key: new Uint8Array(8) })).toThrow("128 bits");
});

const md5 = (text: string) => createHash("md5").update(text, "utf8").digest("hex");
const fields = {
  username: "u",
  realm: "r",
  nonce: "n",
  uri: "sip:r",
  algorithm: "MD5",
  sess: false,
  cnonce: undefined,
  nc: undefined,
  qop: undefined,
} as const;
const secret = { kind: "password", password: "pässword" } as const;

test("session keys, auth-int and no qop follow the formulas of RFC 7616 §3.4", () => {
  const ha1 = md5("u:r:pässword");
  const qop = { qop: "auth-int", nc: "00000001", cnonce: "c" } as const;
  const body = Buffer.from("v=0\r\n");
  expect(digestResponse({ credentials: fields, secret, method: "INVITE" })).toBe(
    md5(`${ha1}:n:${md5("INVITE:sip:r")}`),
  );
  expect(digestResponse({ credentials: { ...fields, ...qop, sess: true }, secret, method: "INVITE", body })).toBe(
    md5(`${md5(`${ha1}:n:c`)}:n:00000001:c:auth-int:${md5(`INVITE:sip:r:${md5("v=0\r\n")}`)}`),
  );
  expect(digestResponse({ credentials: { ...fields, ...qop }, secret, method: "BYE" })).toBe(
    md5(`${ha1}:n:00000001:c:auth-int:${md5(`BYE:sip:r:${md5("")}`)}`),
  );
});

test("a response that differs in any digit does not verify", () => {
  const response = digestResponse({ credentials: fields, secret, method: "REGISTER" });
  const given = (text: string): Credentials => ({ ...fields, opaque: undefined, response: text });
  expect(verifyDigest(given(response), { secret, method: "REGISTER" })).toBe(true);
  fc.assert(
    fc.property(fc.nat(response.length - 1), fc.constantFrom(..."0123456789abcdef"), (at, digit) => {
      const changed = response.slice(0, at) + digit + response.slice(at + 1);
      expect(verifyDigest(given(changed), { secret, method: "REGISTER" })).toBe(changed === response);
    }),
  );
  expect(verifyDigest(given(""), { secret, method: "REGISTER" })).toBe(false);
});
