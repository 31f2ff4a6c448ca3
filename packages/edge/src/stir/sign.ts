/** The authentication service of RFC 8224 §6.1: a SHAKEN token (RFC 8588) as an Identity header value. */
import { type KeyObject, sign } from "node:crypto";
import type { Attestation } from "@ringfence/policy";

export interface Signer {
  /** EC, P-256. */
  readonly key: KeyObject;
  /** https, without anything that ends a name in angle brackets. */
  readonly x5u: string;
}

export interface ToSign {
  readonly attest: Attestation;
  /** Digits. */
  readonly orig: string;
  readonly dest: string;
  /** Seconds since 1970. */
  readonly iat: number;
  /** RFC 8588 §5: a UUID. */
  readonly origid: string;
}

export function identityValue({ key, x5u }: Signer, { attest, orig, dest, iat, origid }: ToSign): string {
  // RFC 8225 §9: names in order, no blanks; JSON.stringify keeps the order that is written here.
  const header = encode({ alg: "ES256", ppt: "shaken", typ: "passport", x5u });
  const payload = encode({ attest, dest: { tn: [dest] }, iat, orig: { tn: orig }, origid });
  const input = `${header}.${payload}`;
  const signature = sign("sha256", Buffer.from(input, "latin1"), { key, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")};info=<${x5u}>;alg=ES256;ppt=shaken`;
}

function encode(value: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(value), "utf8").toString("base64url");
}

/** RFC 9562 §5.4, of sixteen random octets. */
export function uuidOf(random: Uint8Array): string {
  const octets = Buffer.from(random);
  octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x40;
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
  const hex = octets.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
