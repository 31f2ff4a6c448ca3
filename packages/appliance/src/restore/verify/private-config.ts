/**
 * The configuration of a Ringfence that only looks whether a backup works: on loopback, with the certificates, the accounts' way of
 * signing in and the state of the backup, and with nobody outside. No carrier, collector, receiver of alerts or phone hears of it.
 */
import type { Config } from "@ringfence/policy";

export interface PrivatePlan {
  /** Of the backup. */
  readonly config: Config;
  /** The same as a file, its paths changed to where the backup was unpacked. */
  readonly unpacked: Readonly<Record<string, unknown>>;
  readonly stateDir: string;
  /** With `authentication: edge`: the accounts of the test call. */
  readonly accounts: string;
  readonly ports: {
    readonly sip: number;
    readonly pbx: number;
    readonly phonesFrom: number;
    readonly trunksFrom: number;
    readonly media: { readonly first: number; readonly last: number };
  };
}

/** JSON, and so YAML. */
export function privateConfig({ config, unpacked, stateDir, accounts, ports }: PrivatePlan): string {
  const { domains, listen, authentication, media } = config.phones;
  const certificate = listen.find(({ certificate: name }) => name !== undefined)?.certificate;
  const shown = certificate === undefined ? {} : { certificate };
  const file = {
    pbx: { address: `127.0.0.1:${ports.pbx}`, transport: "udp" },
    phones: {
      domains,
      listen: [{ transport: "tls", address: "127.0.0.1", port: ports.sip, ...shown }],
      ...(authentication === "edge" ? { authentication, accounts: { file: accounts } } : {}),
      media: { srtp: media.srtp },
    },
    certificates: unpacked["certificates"] ?? {},
    core: { phones_from: `127.0.0.1:${ports.phonesFrom}`, trunks_from: `127.0.0.2:${ports.trunksFrom}` },
    media: { ports: `${ports.media.first}-${ports.media.last}` },
    metrics: { listen: "127.0.0.1:0" },
    defence: { kernel: { nftables: "off" } },
    logs: { level: "warn" },
    state: { dir: stateDir },
  };
  return JSON.stringify(file, undefined, 1);
}
