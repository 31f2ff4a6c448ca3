/**
 * Everything of a configuration that can go wrong before anything in service is touched: read, validate, compile, load
 * certificates. `start`, `check` and a reload run this same code.
 */
import { createHash } from "node:crypto";
import { type Accounts, compile, keysInShadow, type Policy } from "@ringfence/policy";
import { readAccounts } from "./accounts-file.ts";
import { type AlertSecrets, loadAlertSecrets } from "./alerts/alert-secrets.ts";
import { type Certificates, loadAuthorities, loadCertificates, loadRevocations } from "./certificates.ts";
import { type ConfigFile, readConfigFile } from "./config-file.ts";
import { type CountryFile, readCountryFile } from "./country-file.ts";
import type { Environment } from "./environment.ts";
import { describeIssue } from "./failures.ts";
import { localAddresses, machineInterfaces } from "./interfaces.ts";
import { type RatesFile, readRates } from "./rates-file.ts";
import { judgeRevocations } from "./revocations.ts";
import { type CaptureKey, loadCaptureKey } from "./secrets/capture-key.ts";
import { type FraudSecret, loadFraudSecret } from "./secrets/fraud-secret.ts";
import type { SeenSecret } from "./secrets/secret-ages.ts";
import { loadTrunkPasswords, type TrunkPasswords } from "./secrets/trunk-passwords.ts";
import type { KeyPair } from "./self-signed.ts";
import { shadowWarning } from "./shadow-watch.ts";

export interface Loaded {
  readonly file: ConfigFile;
  readonly policy: Policy;
  readonly certificates: Certificates;
  /** With `authentication: edge`. */
  readonly accounts: Accounts | undefined;
  /** Their passwords, for their age. */
  readonly accountSecrets: readonly SeenSecret[];
  /** What calls cost; undefined where the configuration does not ask. */
  readonly rates: RatesFile | undefined;
  readonly countries: CountryFile | undefined;
  /** Of trunks. */
  readonly trunkPasswords: TrunkPasswords;
  /** Key of the signature for the fraud service. */
  readonly fraudSecret: FraudSecret;
  /** Of those who are told when something is wrong. */
  readonly alertSecrets: AlertSecrets;
  readonly captureKey: CaptureKey;
  /** PEM of the authorities of peers, by path as configured. */
  readonly authorities: ReadonlyMap<string, string>;
  /** PEM of the revocation lists of peers, by path as configured. */
  readonly revocations: ReadonlyMap<string, string>;
  /** Equal for equal bytes of the file and of every certificate it names, and equal addresses of the interfaces. */
  readonly digest: string;
  /** Whole lines. */
  readonly warnings: readonly string[];
}

/**
 * @param text in place of what the file says
 * @throws ConfigError, RingfenceError: nothing was changed
 */
export async function loadEverything(
  name: string,
  environment: Environment,
  selfSigned: (file: ConfigFile) => Promise<KeyPair>,
  text?: string,
): Promise<Loaded> {
  const file = readConfigFile(name, text, machineInterfaces());
  const rates = readRates(file.config, file.dir);
  const countries = readCountryFile(file.config, file.dir);
  const policy = compile(file.config, { localAddresses: localAddresses(), rates: rates?.rates });
  const certificates = await loadCertificates(file.config, file.dir, environment, () => selfSigned(file));
  const accounts = readAccounts(file.config, file.dir);
  const trunkPasswords = loadTrunkPasswords(file.config, file.dir, environment, Date.now());
  const fraudSecret = loadFraudSecret(file.config, file.dir, environment);
  const alertSecrets = loadAlertSecrets(file.config, file.dir, environment);
  const captureKey = loadCaptureKey(file.config, file.dir, environment);
  const authorities = loadAuthorities(file.config, file.dir);
  const revocations = loadRevocations(file.config, file.dir);
  const { passwords, previous } = trunkPasswords;
  const digest = createHash("sha256")
    .update(file.text)
    .update(certificates.digest)
    .update(accounts?.text ?? "")
    .update(rates?.text ?? "")
    .update(countries?.digest ?? "")
    .update(
      JSON.stringify([
        [...passwords],
        [...previous],
        fraudSecret.key,
        captureKey.key,
        [...authorities],
        [...revocations],
      ]),
    )
    .update(JSON.stringify([...alertSecrets.texts]))
    // An interface may have other addresses than at the last reload.
    .update(JSON.stringify(file.config.trunks.map((trunk) => trunk.listen)))
    .digest("hex");
  const warnings = [
    ...file.warnings.map((issue) => describeIssue(name, issue)),
    ...keysInShadow(file.config).map(shadowWarning),
    ...certificates.warnings,
    ...judgeRevocations(file.config, revocations, Date.now()),
    ...(accounts?.warnings ?? []),
    ...trunkPasswords.warnings,
    ...fraudSecret.warnings,
    ...alertSecrets.warnings,
    ...captureKey.warnings,
  ];
  return {
    file,
    policy,
    certificates,
    accounts: accounts?.accounts,
    accountSecrets: accounts?.seen ?? [],
    rates,
    countries,
    trunkPasswords,
    fraudSecret,
    alertSecrets,
    captureKey,
    authorities,
    revocations,
    digest,
    warnings,
  };
}
