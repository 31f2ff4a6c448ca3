import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  type Credentials,
  digestHa1,
  digestResponse,
  formatCredentials,
  parseCredentials,
  verifyDigest,
} from "@ringfence/sip";
import { expect, test } from "vitest";

interface Vector {
  readonly rfc: string;
  readonly alg: Credentials["algorithm"];
  readonly user: string;
  readonly realm: string;
  readonly pass: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly nc?: string;
  readonly cnonce?: string;
  readonly qop?: "auth";
  readonly response: string;
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../fixtures/digest.json", import.meta.url), "utf8"),
);
/** Header text is octets: the user name of RFC 7616 is UTF-8 there. */
const octets = (text: string) => Buffer.from(text, "utf8").toString("latin1");

test.each(vectors)("RFC $rfc, $alg: the response is the printed one", (vector) => {
  const { alg, user, realm, nonce, uri, nc, cnonce, qop, method, response } = vector;
  const fields = { username: octets(user), realm, nonce, uri, nc, cnonce, qop, algorithm: alg, sess: false };
  const secret = { kind: "password", password: vector.pass } as const;
  expect(digestResponse({ credentials: fields, secret, method })).toBe(response);
  const stored = { kind: "ha1", ha1: digestHa1(fields, vector.pass) } as const;
  expect(digestResponse({ credentials: fields, secret: stored, method })).toBe(response);

  const received = parseCredentials(formatCredentials({ ...fields, response, opaque: undefined }));
  if (received === undefined) throw new Error("not read back");
  expect(verifyDigest(received, { secret, method })).toBe(true);
  expect(verifyDigest(received, { secret, method: "POST" })).toBe(false);
  expect(verifyDigest(received, { secret: { kind: "password", password: `${vector.pass}x` }, method })).toBe(false);
});

test("SHA-512-256 is the truncated SHA-512 with its own start values (FIPS 180-4), not a cut SHA-512", () => {
  const abc = "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23";
  expect(createHash("sha512-256").update("abc").digest("hex")).toBe(abc);
});
