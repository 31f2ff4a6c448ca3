/** Certificates as the configuration names them: loaded whole, key compared with certificate, before anything is swapped. */
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import { createSecureContext } from "node:tls";
import { readCertificates, revocationLists } from "@ringfence/edge";
import { type CertificateConfig, type Config, RingfenceError, usesTls } from "@ringfence/policy";
import type { Environment } from "./environment.ts";
import { type ReadSecret, readPem, readSecret } from "./secrets/read-secret.ts";
import type { SeenSecret } from "./secrets/secret-ages.ts";
import type { KeyPair } from "./self-signed.ts";

export interface Certificates {
  /** For a listener: its configured certificate, or the self-signed one. */
  readonly tls: (name: string | undefined) => KeyPair;
  /** Changes when any file changes, so that a renewed certificate counts as a change of the configuration. */
  readonly digest: string;
  /** Names of those whose time is over. */
  readonly expired: readonly string[];
  /** When each ends, in milliseconds since 1970; the one that we made ourselves is `self-signed`. */
  readonly ends: readonly { readonly name: string; readonly at: number }[];
  /** The private keys, but for the one that we made ourselves. */
  readonly seen: readonly SeenSecret[];
  readonly warnings: readonly string[];
}

/**
 * A start goes on with a certificate that has expired, or a machine that restarts would serve nobody. To bring one in while a
 * good one serves is a mistake: what expired under way may stay.
 * @throws RingfenceError `certificate-bad`
 */
export function refuseExpired(next: Certificates, inForce?: Certificates): void {
  const name = next.expired.find((one) => inForce?.expired.includes(one) !== true);
  if (name === undefined) return;
  throw new RingfenceError(
    "certificate-bad",
    `certificates.${name} has expired`,
    "Renew it first; phones would refuse it.",
  );
}

/** The bundle of a system has 150. */
const mostAuthorities = 1_000;
const month = 30 * 86_400_000;

/**
 * @param dir relative paths start here
 * @param selfSigned called only when a TLS listener has no certificate of its own
 * @throws RingfenceError `certificate-unreadable`, `certificate-bad`, `secret-missing`
 */
export async function loadCertificates(
  config: Config,
  dir: string,
  environment: Environment,
  selfSigned: () => Promise<KeyPair>,
): Promise<Certificates> {
  const pairs = new Map<string, KeyPair>();
  const warnings: string[] = [];
  const expired: string[] = [];
  const seen: SeenSecret[] = [];
  const ends: { name: string; at: number }[] = [];
  for (const [name, files] of config.certificates) {
    const pair = loadPair(name, files, dir, environment);
    pairs.set(name, { cert: pair.cert, key: pair.key });
    warnings.push(...judge(name, pair.cert), ...pair.warnings);
    seen.push({ name: `certificates.${name}.key`, text: pair.key, changedAt: pair.changedAt });
    ends.push({ name, at: endOf(pair.cert) });
    if (timeLeft(pair.cert) < 0) expired.push(name);
  }
  checkSigner(config, pairs);
  // A PBX that is reached by TLS may connect to us by TLS too.
  const unnamed = config.phones.listen.some((l) => usesTls(l.transport) && l.certificate === undefined);
  const needsOwn = unnamed || config.pbx.transport === "tls";
  const own = needsOwn ? await selfSigned() : undefined;
  // Who only looks at a file has none made.
  if (own !== undefined && own.cert !== "") ends.push({ name: "self-signed", at: endOf(own.cert) });
  const hash = createHash("sha256");
  for (const { cert, key } of [...pairs.values(), ...(own === undefined ? [] : [own])]) hash.update(cert).update(key);
  return {
    tls(name) {
      const pair = name === undefined ? own : pairs.get(name);
      if (pair !== undefined) return pair;
      throw new RingfenceError("certificate-bad", `certificates.${name ?? "(none)"} is not loaded`, "Configure it.");
    },
    digest: hash.digest("hex"),
    expired,
    ends,
    seen,
    warnings,
  };
}

interface ReadPair extends KeyPair, Pick<ReadSecret, "changedAt" | "warnings"> {}

function loadPair(name: string, files: CertificateConfig, dir: string, environment: Environment): ReadPair {
  const path = `certificates.${name}`;
  const missing = files.acme === undefined ? undefined : "certbot fetches it: `ringfence certificates` shows how.";
  const cert = readPem(`${path}.cert`, resolve(dir, files.cert), missing);
  const { text: key, changedAt, warnings } = readSecret(`${path}.key`, files.key, dir, environment);
  const bad = (what: string, remedy: string) => new RingfenceError("certificate-bad", `${path}: ${what}`, remedy);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    throw bad("the cert file holds no PEM certificate", "It begins with -----BEGIN CERTIFICATE-----.");
  }
  let matches: boolean;
  try {
    matches = certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw bad("the key file holds no PEM private key without passphrase", "Write it without a passphrase.");
  }
  if (!matches) throw bad("key and certificate do not belong together", "Name the key the certificate was made for.");
  return { cert, key, changedAt, warnings };
}

/** RFC 8226 §4: calls are signed with ES256, and that has one curve. */
function checkSigner({ stir }: Config, pairs: ReadonlyMap<string, KeyPair>): void {
  const name = stir.sign?.certificate ?? "";
  const pair = pairs.get(name);
  if (pair === undefined) return;
  const { asymmetricKeyDetails } = createPrivateKey(pair.key);
  if (asymmetricKeyDetails?.namedCurve === "prime256v1") return;
  throw new RingfenceError(
    "certificate-bad",
    `certificates.${name}: calls cannot be signed with this kind of key`,
    "stir.sign needs an EC key on the curve P-256.",
  );
}

/** In ms; below 0 once it has expired. */
function timeLeft(cert: string): number {
  return endOf(cert) - Date.now();
}

function endOf(cert: string): number {
  return new X509Certificate(cert).validToDate.getTime();
}

/** What does not stop a start, but somebody should know. */
function judge(name: string, cert: string): readonly string[] {
  const warnings: string[] = [];
  const left = timeLeft(cert);
  if (left < 0) warnings.push(`certificates.${name} has expired: phones will refuse it. Renew it and reload`);
  else if (left < month) {
    warnings.push(`certificates.${name} expires in ${Math.floor(left / 86_400_000)} days. Renew it and reload`);
  }
  return warnings;
}

/** The `ca` files of peers, by path as configured. @throws RingfenceError `certificate-unreadable`, `certificate-bad` */
export function loadAuthorities(
  { pbx, trunks, stir, policy, logs, capture, alerts, admin }: Config,
  dir: string,
): ReadonlyMap<string, string> {
  const named = [
    ["policy.fraud_service.ca", policy.fraudService?.ca] as const,
    ["capture.ca", capture.ca] as const,
    ["admin.client_ca", admin?.clientCa] as const,
    ["pbx.tls.ca", pbx.tls.ca] as const,
    ["logs.syslog.ca", logs.syslog?.ca] as const,
    ["stir.trust.file", stir.trust] as const,
    ...stir.x5uHosts.map(({ host, ca }) => [`stir.x5u_hosts (${host}): ca`, ca] as const),
    ...trunks.map(({ name, tls }) => [`trunks.${name}.tls.ca`, tls.ca] as const),
    ...alerts.map(({ name, webhook }) => [`alerts.${name}.webhook.ca`, webhook?.ca] as const),
    ...alerts.map(({ name, email }) => [`alerts.${name}.email.ca`, email?.ca] as const),
  ];
  const found = new Map<string, string>();
  for (const [key, file] of named) {
    if (file === undefined) continue;
    const pem = readPem(key, resolve(dir, file));
    // All of them: one that is passed over would be an authority that somebody believes to be trusted.
    if (readCertificates(pem, mostAuthorities) === undefined) {
      const remedy = "Each begins with -----BEGIN CERTIFICATE-----.";
      throw new RingfenceError("certificate-bad", `${key}: the file holds no PEM certificate, or a broken one`, remedy);
    }
    found.set(file, pem);
  }
  return found;
}

/** The `crl` files of peers, by path as configured. @throws RingfenceError `certificate-unreadable`, `certificate-bad` */
export function loadRevocations({ pbx, trunks }: Config, dir: string): ReadonlyMap<string, string> {
  const named = [
    ["pbx.tls.crl", pbx.tls.crl] as const,
    ...trunks.map(({ name, tls }) => [`trunks.${name}.tls.crl`, tls.crl] as const),
  ];
  const found = new Map<string, string>();
  for (const [key, file] of named) {
    if (file === undefined) continue;
    const pem = readPem(key, resolve(dir, file));
    try {
      for (const crl of revocationLists(pem)) createSecureContext({ crl });
      if (revocationLists(pem).length === 0) throw new Error("none");
    } catch {
      const remedy = "It begins with -----BEGIN X509 CRL-----; openssl crl -inform der makes it of another form.";
      throw new RingfenceError("certificate-bad", `${key}: the file holds no PEM revocation list`, remedy);
    }
    found.set(file, pem);
  }
  return found;
}
