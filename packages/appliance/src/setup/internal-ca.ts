/** A small authority for phones of one house: its own key signs one certificate, and phones are given its certificate. */
import { createPrivateKey } from "node:crypto";
import { isIP } from "node:net";

export interface Authority {
  /** PEM: what phones get. */
  readonly ca: string;
  /** PEM: stays with root; the service does not need it. */
  readonly caKey: string;
  /** PEM: the certificate of the listeners, and its key. */
  readonly cert: string;
  readonly key: string;
}

const day = 86_400_000;
/** The authority outlives its phones; what it signs is as long-lived as Apple's clients take it. */
const authorityFor = 3_650 * day;
const certificateFor = 397 * day;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export async function makeAuthority(names: readonly string[], now: number): Promise<Authority> {
  // As self-signed.ts: costly, and needs its polyfill before it.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const [authority, server] = await Promise.all([newKeys(), newKeys()]);
  const [first = "ringfence"] = names;
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: `CN=Ringfence phones of ${first}`,
    notBefore: new Date(now - day),
    notAfter: new Date(now + authorityFor),
    signingAlgorithm: algorithm,
    keys: authority,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: `CN=${first}`,
    issuer: ca.subject,
    notBefore: new Date(now - day),
    notAfter: new Date(now - day + certificateFor),
    signingAlgorithm: algorithm,
    publicKey: server.publicKey,
    signingKey: authority.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? "dns" : "ip", value: name }) as const),
      ),
    ],
  });
  const [caKey, key] = await Promise.all([pemOf(authority.privateKey), pemOf(server.privateKey)]);
  return { ca: `${ca.toString("pem")}\n`, caKey, cert: `${cert.toString("pem")}\n`, key };
}

type Keys = Exclude<Awaited<ReturnType<typeof crypto.subtle.generateKey>>, { readonly type: string }>;

function newKeys(): Promise<Keys> {
  return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as Promise<Keys>;
}

/** RFC 5280 §4.1.2.2: positive, at most 20 octets. */
function newSerial(): string {
  return `01${Buffer.from(crypto.getRandomValues(new Uint8Array(15))).toString("hex")}`;
}

async function pemOf(key: Keys["privateKey"]): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", key));
  return String(createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({ format: "pem", type: "pkcs8" }));
}
