/** Signers, their certificates and the tokens they write: right ones, and every kind of wrong. Nothing here is the product's code. */
import "reflect-metadata";
import { createHmac, createPrivateKey, randomBytes, sign } from "node:crypto";
import { Extension } from "@peculiar/x509";
import { type Made, makeCertificate, type Wish } from "./certificates.ts";

export const x5u = "https://certificates.example/signer.pem";

/** RFC 8226 §9, in DER: `["spc", "1234"]`, `["one", "4930123"]`, `["range", "4930123", 10]`. */
export type TnEntry = readonly ["spc" | "one", string] | readonly ["range", string, number];

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const content = Buffer.concat(parts);
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 255];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

export function tnAuthList(entries: readonly TnEntry[]): Buffer<ArrayBuffer> {
  const text = (value: string): Buffer => der(0x16, Buffer.from(value));
  const integer = (value: number): Buffer => {
    const octets = Buffer.alloc(4);
    octets.writeInt32BE(value);
    return der(0x02, octets.subarray(value < 0x80 ? 3 : value < 0x8000 ? 2 : value < 0x80_0000 ? 1 : 0));
  };
  const made = entries.map((entry) => {
    if (entry[0] === "range") return der(0xa1, der(0x30, text(entry[1]), integer(entry[2])));
    return der(entry[0] === "spc" ? 0xa0 : 0xa2, text(entry[1]));
  });
  return der(0x30, ...made);
}

export function extension(oid: string, critical: boolean, value: Uint8Array<ArrayBuffer>): Extension {
  return new Extension(oid, critical, value);
}

export function tnAuthListExtension(entries: readonly TnEntry[], critical = false): Extension {
  return extension("1.3.6.1.5.5.7.1.26", critical, tnAuthList(entries));
}

/** By default of a provider, who may sign any number. */
export function makeSigner(
  by: Made,
  wish: Omit<Wish, "by"> & { readonly entries?: readonly TnEntry[] } = {},
): Promise<Made> {
  const { entries = [["spc", "709J"]], extensions = [], ...rest } = wish;
  const own = entries.length > 0 ? [tnAuthListExtension(entries)] : [];
  return makeCertificate({ ...rest, by, extensions: [...own, ...extensions] });
}

export interface TokenWish {
  /** PEM; without it `hmac` signs, and without that nobody. */
  readonly key?: string;
  readonly hmac?: string;
  /** Put over the right ones; undefined takes one away. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Base64url, instead of all that. */
  readonly rawHeader?: string;
  readonly rawPayload?: string;
  /** Behind the token instead of what belongs there. */
  readonly params?: string;
}

export const now = (): number => Math.floor(Date.now() / 1_000);

/** An Identity header value for a call of 4930555000 to 4930123456. */
export function identity({ key, hmac, header, claims, params, rawHeader, rawPayload }: TokenWish): string {
  const head = { alg: "ES256", ppt: "shaken", typ: "passport", x5u, ...header };
  const body = {
    attest: "A",
    dest: { tn: ["4930123456"] },
    iat: now(),
    orig: { tn: "4930555000" },
    origid: "123e4567-e89b-42d3-a456-426655440000",
    ...claims,
  };
  const input = `${rawHeader ?? base64url(JSON.stringify(head))}.${rawPayload ?? base64url(JSON.stringify(body))}`;
  return `${input}.${signature(input, key, hmac)}${params ?? `;info=<${x5u}>;alg=ES256;ppt=shaken`}`;
}

function signature(input: string, key: string | undefined, hmac: string | undefined): string {
  if (hmac !== undefined) return createHmac("sha256", hmac).update(input).digest("base64url");
  if (key === undefined) return randomBytes(64).toString("base64url");
  return sign("sha256", Buffer.from(input), { key: createPrivateKey(key), dsaEncoding: "ieee-p1363" }).toString(
    "base64url",
  );
}

export function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
