/** The site that the scripted world is: its configuration file. */
import type { Endpoint } from "@ringfence/edge";
import { type Config, loadConfig } from "@ringfence/policy";

export const phoneDomain = "pbx.example.com";

export function endpoint(
  role: Endpoint["role"],
  transport: Endpoint["transport"],
  address: string,
  port: number,
): Endpoint {
  const local = { address, port };
  return { id: `${role}:${transport}:${address}:${port}`, role, transport, local, advertised: local };
}

/** Its sockets. */
export const endpoints = {
  udp: endpoint("access", "udp", "203.0.113.1", 5060),
  tls: endpoint("access", "tls", "203.0.113.1", 5061),
  corePhones: endpoint("core-phones", "udp", "10.0.0.2", 5060),
  coreTrunks: endpoint("core-trunks", "udp", "10.0.0.3", 5060),
};

/** Phones keep the PBX's time. */
export const pbxTime = "registration: { phone_expires: 300s }";

const oneTrunk = `
  - name: carrier
    mode: peer
    hosts: [{ uri: "sip:198.51.100.7" }]
    from: [198.51.100.7]`;

/** What a test changes about the site: lines below `phones:`. Without them phones keep the PBX's time, as scripts expect. */
export interface WorldOptions {
  readonly phones?: string;
  /** Entries of `trunks:` instead of the one carrier. */
  readonly trunks?: string;
  /** Text of an accounts file; then Ringfence challenges. */
  readonly accounts?: string;
  /** The line that says where the PBX is. */
  readonly pbx?: string;
  /** Lines below `core:`. */
  readonly core?: string;
  /** What every trunk's password was before, and until when it holds (ms since 1970). */
  readonly previous?: { readonly password: string; readonly until: number };
  /** PEM of the authorities that `stir.trust` names. */
  readonly trust?: string;
  /** PEM of the key that `stir.sign` names. */
  readonly signingKey?: string;
  /** A whole configuration in place of all that. */
  readonly file?: string;
  /** Text of the file that `policy.rates` names. */
  readonly rates?: string;
  /** Which country an address is in. */
  readonly countryOf?: (address: string) => string | undefined;
  /** What outlives a restart. */
  readonly secret?: Uint8Array;
}

/** One phone listener, one PBX, one carrier. */
const baseConfig = (options: WorldOptions): string => `
pbx:
  ${options.pbx ?? "address: 10.0.0.5:5060"}
  transport: udp
phones:
  domains: [${phoneDomain}]
  listen: [{ transport: udp, address: 203.0.113.1, port: 5060 }]
  media: { srtp: optional }
  ${options.accounts === undefined ? "" : "authentication: edge\n  accounts: { file: accounts.yaml }"}
  ${options.phones ?? pbxTime}
core:
  phones_from: 10.0.0.2:5060
  trunks_from: 10.0.0.3:5060
${options.core ?? ""}trunks:
${options.trunks ?? oneTrunk}
`;

/** A script asks for a thousand things in one instant, and no time passes in between. */
const instantly = "defence: { source: { new_transactions_per_second: 1000000 } }\n";

const configs = new Map<string, Config>();

/** With more sections. Read once: a test may build thousands of worlds on one text. */
export function siteConfig(options: WorldOptions, more: string): Config {
  const text = options.file ?? `${baseConfig(options)}${more.includes("defence:") ? "" : instantly}${more}`;
  const known = configs.get(text);
  if (known !== undefined) return known;
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(loaded.issues.map((i) => `${i.severity} ${i.path}: ${i.message}`).join("\n"));
  configs.set(text, loaded.config);
  return loaded.config;
}
