/** Certificates made on the spot: right, expired, for another name, signed by nobody known. */
import "reflect-metadata";
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { isIP } from "node:net";
import {
  BasicConstraintsExtension,
  type Extension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from "@peculiar/x509";

type Keys = Exclude<Awaited<ReturnType<typeof crypto.subtle.generateKey>>, { readonly type: string }>;

export interface Made {
  readonly cert: string;
  readonly key: string;
  /** As `pin_sha256` has it. */
  readonly pin: string;
  readonly issuer: { readonly certificate: X509Certificate; readonly keys: Keys };
}

export interface Wish {
  readonly names?: readonly string[];
  readonly uris?: readonly string[];
  /** Signed by it; without: by itself. */
  readonly by?: Made;
  readonly days?: number;
  readonly authority?: boolean;
  readonly rsa?: boolean;
  /** Of an RSA key. */
  readonly bits?: number;
  /** Authorities that may stand below it. */
  readonly pathLength?: number;
  readonly curve?: "P-256" | "P-384";
  /** Valid from now on and this many days more or less. */
  readonly startsIn?: number;
  readonly extensions?: readonly Extension[];
}

const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const rsaKeys = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
};
const day = 86_400_000;
let serial = 1;

export async function makeCertificate(wish: Wish): Promise<Made> {
  const { names = [], uris = [], by, days = 30, authority = false, pathLength, curve = "P-256", startsIn = -60 } = wish;
  const kind =
    wish.rsa === true
      ? { ...rsaKeys, modulusLength: wish.bits ?? rsaKeys.modulusLength }
      : { ...ecdsa, namedCurve: curve };
  const keys = (await crypto.subtle.generateKey(kind, true, ["sign", "verify"])) as Keys;
  const signer = by?.issuer.keys.privateKey ?? keys.privateKey;
  const subject = `CN=made for a test ${serial}`;
  const san = [
    ...names.map((name) => ({ type: isIP(name) === 0 ? "dns" : "ip", value: name }) as const),
    ...uris.map((value) => ({ type: "url", value }) as const),
  ];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: (serial++).toString(16).padStart(4, "01"),
    subject,
    issuer: by === undefined ? subject : by.issuer.certificate.subject,
    notBefore: new Date(Date.now() + startsIn * day),
    notAfter: new Date(Date.now() + days * day),
    signingAlgorithm: algorithmOf(signer),
    publicKey: keys.publicKey,
    signingKey: signer,
    extensions: [
      new BasicConstraintsExtension(authority, pathLength, true),
      ...(wish.extensions ?? []),
      ...(san.length > 0 ? [new SubjectAlternativeNameExtension(san)] : []),
    ],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return {
    cert: certificate.toString("pem"),
    key: String(key.export({ format: "pem", type: "pkcs8" })),
    pin: createHash("sha256").update(spki).digest("base64"),
    issuer: { certificate, keys },
  };
}

function algorithmOf(key: Keys["privateKey"]) {
  return key.algorithm.name === ecdsa.name ? ecdsa : rsaKeys;
}

/** What an authority has taken back, in PEM. `days`: until the list itself is too old. */
export async function makeRevocations(by: Made, revoked: readonly Made[], days = 30): Promise<string> {
  const crl = await X509CrlGenerator.create({
    issuer: by.issuer.certificate.subject,
    thisUpdate: new Date(Date.now() - 60 * day),
    nextUpdate: new Date(Date.now() + days * day),
    entries: revoked.map((made) => ({
      serialNumber: made.issuer.certificate.serialNumber,
      revocationDate: new Date(),
    })),
    signingAlgorithm: algorithmOf(by.issuer.keys.privateKey),
    signingKey: by.issuer.keys.privateKey,
  });
  // RFC 7468 §6 names it so; the library has a label of its own.
  return `${crl.toString("pem").replaceAll(" CRL-----", " X509 CRL-----")}\n`;
}
