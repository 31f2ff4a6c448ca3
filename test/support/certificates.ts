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
  /** Signed by it; without: by itself. */
  readonly by?: Made;
  readonly days?: number;
  readonly authority?: boolean;
  /** Authorities that may stand below it. */
  readonly pathLength?: number;
  readonly curve?: "P-256" | "P-384";
  /** Valid from now on and this many days more or less. */
  readonly startsIn?: number;
  readonly extensions?: readonly Extension[];
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 86_400_000;
let serial = 1;

export async function makeCertificate(wish: Wish): Promise<Made> {
  const { names = [], by, days = 30, authority = false, pathLength, curve = "P-256", startsIn = -60 } = wish;
  const kind = { ...algorithm, namedCurve: curve };
  const keys = (await crypto.subtle.generateKey(kind, true, ["sign", "verify"])) as Keys;
  const subject = `CN=made for a test ${serial}`;
  const san = names.map((name) => ({ type: isIP(name) === 0 ? "dns" : "ip", value: name }) as const);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: (serial++).toString(16).padStart(4, "01"),
    subject,
    issuer: by === undefined ? subject : by.issuer.certificate.subject,
    notBefore: new Date(Date.now() + startsIn * day),
    notAfter: new Date(Date.now() + days * day),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: by === undefined ? keys.privateKey : by.issuer.keys.privateKey,
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
