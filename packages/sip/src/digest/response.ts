import { createHash, timingSafeEqual } from "node:crypto";
import type { Credentials, DigestAlgorithm } from "./challenge.ts";

const hashNames: Readonly<Record<DigestAlgorithm, string>> = {
  MD5: "md5",
  "SHA-256": "sha256",
  "SHA-512-256": "sha512-256",
};

/** What proves the user: the password as text, or H(username:realm:password) in hexadecimal, as it is stored. */
export type Secret =
  | { readonly kind: "password"; readonly password: string }
  | { readonly kind: "ha1"; readonly ha1: string };

export interface DigestInput {
  /** Everything of the credentials but the response itself. */
  readonly credentials: Omit<Credentials, "response" | "opaque">;
  readonly secret: Secret;
  readonly method: string;
  /** Hashed for qop `auth-int` only. */
  readonly body?: Uint8Array;
}

/**
 * RFC 7616 §3.4.1 and RFC 3261 §22.4. Without qop it is the response of RFC 2069. Texts of the credentials are octets as
 * latin1, the password is text and hashed as UTF-8.
 */
export function digestResponse({ credentials, secret, method, body }: DigestInput): string {
  const { algorithm, sess, nonce, uri, qop } = credentials;
  const cnonce = credentials.cnonce ?? "";
  const stored = secret.kind === "ha1" ? secret.ha1 : digestHa1(credentials, secret.password);
  const ha1 = sess ? hash(algorithm, [stored, nonce, cnonce]) : stored;
  const bodyHash =
    qop === "auth-int"
      ? [
          createHash(hashNames[algorithm])
            .update(body ?? "")
            .digest("hex"),
        ]
      : [];
  const ha2 = hash(algorithm, [method, uri, ...bodyHash]);
  if (qop === undefined) return hash(algorithm, [ha1, nonce, ha2]);
  return hash(algorithm, [ha1, nonce, credentials.nc ?? "", cnonce, qop, ha2]);
}

/** H(username:realm:password), the form to keep in a file instead of the password. */
export function digestHa1(
  of: { readonly algorithm: DigestAlgorithm; readonly username: string; readonly realm: string },
  password: string,
): string {
  return hash(of.algorithm, [of.username, of.realm, Buffer.from(password, "utf8").toString("latin1")]);
}

/**
 * Whether the response is the one of this user. Constant time: how many digits match must not show. The caller checks
 * nonce, realm and `uri` against what it expects.
 */
export function verifyDigest(
  credentials: Credentials,
  proof: { readonly secret: Secret; readonly method: string; readonly body?: Uint8Array },
): boolean {
  const expected = Buffer.from(digestResponse({ credentials, ...proof }), "latin1");
  const given = Buffer.from(credentials.response, "latin1");
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function hash(algorithm: DigestAlgorithm, parts: readonly string[]): string {
  return createHash(hashNames[algorithm]).update(parts.join(":"), "latin1").digest("hex");
}
