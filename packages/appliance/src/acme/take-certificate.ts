/**
 * A renewed certificate comes into its place: judged first, as a start would judge it, and only then written. What was there before stays
 * when anything is wrong with the new one.
 */
import { X509Certificate } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type AcmeConfig, RingfenceError } from "@ringfence/policy";
import { loadCertificates, refuseExpired } from "../certificates.ts";
import type { ConfigFile } from "../config-file.ts";
import type { Environment } from "../environment.ts";

export interface Taken {
  /** In `certificates`. */
  readonly name: string;
  /** Absolute. */
  readonly cert: string;
  readonly key: string;
  /** ISO 8601. */
  readonly until: string;
}

/** What certbot calls the files of a lineage. */
const chainFile = "fullchain.pem";
const keyFile = "privkey.pem";

/**
 * @param folder of the lineage, as /etc/letsencrypt/live/edge
 * @returns undefined: no certificate of this configuration is renewed under that name
 * @throws RingfenceError `certificate-unreadable`, `certificate-bad`, `certificate-not-written`
 */
export async function takeCertificate(
  { config, dir }: ConfigFile,
  folder: string,
  environment: Environment,
): Promise<Taken | undefined> {
  const lineage = basename(resolve(folder));
  const [name, place] = [...config.certificates].find(([, { acme }]) => acme?.name === lineage) ?? [];
  if (name === undefined || place?.acme === undefined || place.key.kind !== "file") return undefined;
  const fresh = { cert: join(folder, chainFile), key: { kind: "file", path: join(folder, keyFile) } } as const;
  const alone = { ...config, certificates: new Map([[name, fresh]]) };
  const loaded = await loadCertificates(alone, resolve(folder), environment, async () => ({ cert: "", key: "" }));
  refuseExpired(loaded);
  const { cert, key } = loaded.tls(name);
  const certificate = new X509Certificate(cert);
  mustCover(name, certificate, place.acme);
  const to = { cert: resolve(dir, place.cert), key: resolve(dir, place.key.path) };
  // The key first: between the two a start finds a pair that does not fit, and says so.
  put(to.key, key, 0o640);
  put(to.cert, cert, 0o644);
  return { name, ...to, until: certificate.validToDate.toISOString() };
}

function mustCover(name: string, certificate: X509Certificate, { domains }: AcmeConfig): void {
  const missing = domains.filter((domain) => certificate.checkHost(domain) === undefined);
  if (missing.length === 0) return;
  throw new RingfenceError(
    "certificate-bad",
    `certificates.${name}: the new certificate does not stand for ${missing.join(", ")}`,
    "Ask certbot for all of its `acme.domains`: `ringfence certificates` shows the command.",
  );
}

/** Whole or not at all; owner and group as the file before has them, the first time as its folder. */
function put(path: string, text: string, mode: number): void {
  const made = `${path}.new`;
  try {
    const { uid, gid, mode: known } = statOf(path) ?? { ...statOf(dirname(path)), mode };
    const descriptor = openSync(made, "w", 0o600);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (process.getuid?.() === 0 && uid !== undefined && gid !== undefined) chownSync(made, uid, gid);
    chmodSync(made, known & 0o777);
    renameSync(made, path);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    const remedy = "The folder must be there, and who runs certbot (root) must be able to write to it.";
    throw new RingfenceError("certificate-not-written", `${path} cannot be written (${why})`, remedy);
  }
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}

/** When the certificate in place ends; undefined: there is none yet, or it is none. */
export function endInPlace(path: string): Date | undefined {
  try {
    return new X509Certificate(readFileSync(path)).validToDate;
  } catch {
    return undefined;
  }
}
