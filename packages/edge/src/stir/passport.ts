/** A PASSporT (RFC 8225) as claims: what the token says, before anybody knows whether it is true. */
import type { Attestation } from "@ringfence/policy";
import { canonicalDigits } from "./canonical-number.ts";
import type { Identity } from "./identity-header.ts";
import type { IdentityOutcome } from "./outcome.ts";

export interface Passport {
  /** What the signature covers, as it came (RFC 7515 §5.2). */
  readonly signingInput: string;
  readonly signature: Uint8Array;
  readonly x5u: string;
  /** Digits. */
  readonly orig: string;
  readonly dest: readonly string[];
  /** Seconds since 1970. */
  readonly iat: number;
  /** RFC 8588 §4; undefined in a token without `shaken`. */
  readonly attest: Attestation | undefined;
  readonly origid: string | undefined;
  /** RFC 8946 §3: whose call it was that went on to `dest`; undefined in any other token. */
  readonly diverted: string | undefined;
}

/** RFC 7518 §3.4: r and s, 32 octets each. */
const SIGNATURE_LENGTH = 64;
const MAX_DEST = 32;
const MAX_ORIGID = 128;

export function readPassport(identity: Identity): Passport | IdentityOutcome {
  const header = readPart(identity.header);
  const claims = readPart(identity.payload);
  const signature = Buffer.from(identity.signature, "base64url");
  if (header === undefined || claims === undefined) return "unreadable";
  // The algorithm is ours to choose and never the token's: anything but the one is refused before a key is looked for.
  if (header.get("alg") !== "ES256" || (identity.alg ?? "ES256") !== "ES256") return "algorithm";
  if (signature.length !== SIGNATURE_LENGTH || signature.toString("base64url") !== identity.signature)
    return "unreadable";
  // RFC 7515 §4.1.11: what must be understood and is not.
  if (header.get("typ") !== "passport" || header.has("crit")) return "unreadable";
  if ((header.get("ppt") ?? undefined) !== identity.ppt) return "unreadable";
  // RFC 8224 §4.1: both say where the certificate is, and two readers must not choose differently.
  if (header.get("x5u") !== identity.info) return "x5u-differs";
  const claimed = readClaims(claims, identity.ppt);
  if (claimed === undefined) return "unreadable";
  return { ...claimed, signingInput: `${identity.header}.${identity.payload}`, signature, x5u: identity.info };
}

type Claimed = Pick<Passport, "orig" | "dest" | "iat" | "attest" | "origid" | "diverted">;

function readClaims(claims: Fields, ppt: string | undefined): Claimed | undefined {
  const orig = readNumber(fieldsOf(claims.get("orig"))?.get("tn"));
  const dest = readNumbers(fieldsOf(claims.get("dest"))?.get("tn"));
  const iat = claims.get("iat");
  if (orig === undefined || dest === undefined || typeof iat !== "number") return undefined;
  if (!Number.isSafeInteger(iat) || iat < 0) return undefined;
  const plain = { orig, dest, iat, attest: undefined, origid: undefined, diverted: undefined };
  if (ppt === "div") {
    const diverted = readNumber(fieldsOf(claims.get("div"))?.get("tn"));
    return diverted === undefined ? undefined : { ...plain, diverted };
  }
  if (ppt !== "shaken") return plain;
  const attest = claims.get("attest");
  const origid = claims.get("origid");
  if (attest !== "A" && attest !== "B" && attest !== "C") return undefined;
  if (typeof origid !== "string" || origid === "" || origid.length > MAX_ORIGID) return undefined;
  return { ...plain, attest, origid };
}

function readNumbers(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_DEST) return undefined;
  const numbers = value.flatMap((entry: unknown) => readNumber(entry) ?? []);
  return numbers.length === value.length ? numbers : undefined;
}

function readNumber(value: unknown): string | undefined {
  return typeof value === "string" ? canonicalDigits(value) : undefined;
}

/** An object's own fields: a peer chooses the names, so they are looked up in a Map and nowhere else. */
type Fields = ReadonlyMap<string, unknown>;

function readPart(text: string): Fields | undefined {
  const bytes = Buffer.from(text, "base64url");
  // One text, one meaning: no octet may hide in bits that base64url leaves over.
  if (bytes.toString("base64url") !== text) return undefined;
  try {
    return fieldsOf(JSON.parse(bytes.toString("utf8")));
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}
