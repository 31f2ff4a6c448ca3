/** The certificate of a TLS listener that was given none: made here once, kept in the state folder, renewed when it must. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface KeyPair {
  /** PEM; the chain, the own certificate first. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

const day = 86_400_000;
/** Apple's limit for leaf certificates is 398 days; some softphones share the code. */
const validFor = 397 * day;
const renewBefore = 30 * day;

/** The kept certificate while it is valid for every name and for no other, else a new one. Files are readable by their owner only. */
export async function keepSelfSigned(
  dir: string,
  names: readonly string[],
  now: number = Date.now(),
): Promise<KeyPair> {
  const files = { cert: join(dir, "self-signed.pem"), key: join(dir, "self-signed.key") };
  const kept = readKept(files);
  if (kept !== undefined && isGood(kept, names, now)) return kept;
  const made = await makeSelfSigned(names, now);
  // The key first: a certificate without its key would be found and refused, the other way round it is made again.
  writeOwnerOnly(files.key, made.key);
  writeOwnerOnly(files.cert, made.cert);
  return made;
}

function readKept(files: { readonly cert: string; readonly key: string }): KeyPair | undefined {
  try {
    return { cert: readFileSync(files.cert, "utf8"), key: readFileSync(files.key, "utf8") };
  } catch {
    return undefined;
  }
}

function isGood(pair: KeyPair, names: readonly string[], now: number): boolean {
  try {
    const certificate = new X509Certificate(pair.cert);
    return (
      certificate.checkPrivateKey(createPrivateKey(pair.key)) &&
      certificate.validFromDate.getTime() <= now &&
      certificate.validToDate.getTime() > now + renewBefore &&
      says(certificate, names)
    );
  } catch {
    return false;
  }
}

/** These names, and none that would tell strangers more. */
function says(certificate: X509Certificate, names: readonly string[]): boolean {
  if (certificate.subjectAltName?.split(", ").length !== names.length) return false;
  return names.every((name) => certificate.checkHost(name) !== undefined || certificate.checkIP(name) !== undefined);
}

async function makeSelfSigned(names: readonly string[], now: number): Promise<KeyPair> {
  // Loaded only when a certificate has to be made: it costs a third of a second. It needs the polyfill before it.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const { isIP } = await import("node:net");
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: Buffer.from(crypto.getRandomValues(new Uint8Array(15)))
      .toString("hex")
      .padStart(32, "01"),
    name: "CN=Ringfence self-signed",
    notBefore: new Date(now - day),
    notAfter: new Date(now - day + validFor),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? "dns" : "ip", value: name }) as const),
      ),
    ],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }).export({ format: "pem", type: "pkcs8" });
  return { cert: certificate.toString("pem"), key: String(key) };
}

/** Written beside and renamed: a reader never sees half a file. */
function writeOwnerOnly(path: string, text: string): void {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, path);
}
