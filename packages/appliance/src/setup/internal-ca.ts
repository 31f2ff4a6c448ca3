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

/** @param before the authority that signs; undefined: a new one */
export async function makeAuthority(
  names: readonly string[],
  now: number,
  before?: Pick<Authority, "ca" | "caKey">,
): Promise<Authority> {
  // As self-signed.ts: costly, and needs its polyfill before it.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const [first = "ringfence"] = names;
  const [{ ca, caKey }, server] = await Promise.all([before ?? newAuthority(first, now), newKeys()]);
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: `CN=${first}`,
    issuer: new x509.X509Certificate(ca).subject,
    notBefore: new Date(now - day),
    notAfter: new Date(now - day + certificateFor),
    signingAlgorithm: algorithm,
    publicKey: server.publicKey,
    signingKey: await signingKey(caKey),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? "dns" : "ip", value: name }) as const),
      ),
    ],
  });
  return { ca, caKey, cert: `${cert.toString("pem")}\n`, key: await pemOf(server.privateKey) };
}

async function newAuthority(first: string, now: number): Promise<Pick<Authority, "ca" | "caKey">> {
  const x509 = await import("@peculiar/x509");
  const keys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: `CN=Ringfence phones of ${first}`,
    notBefore: new Date(now - day),
    notAfter: new Date(now + authorityFor),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return { ca: `${ca.toString("pem")}\n`, caKey: await pemOf(keys.privateKey) };
}

function signingKey(pem: string): Promise<Keys["privateKey"]> {
  const der = createPrivateKey(pem).export({ format: "der", type: "pkcs8" });
  return crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
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
