/** What the core needs to know of the configuration, with every host name already resolved. Replaced whole by a reload. */
import type { Config, Policy } from "@ringfence/policy";
import type { Hop } from "@ringfence/sip";
import { oneSpelling } from "./address.ts";
import type { Endpoint, HostPort } from "./flow.ts";
import type { FraudPlace } from "./io/fraud-client.ts";
import type { PeerTls } from "./peer-tls.ts";
import type { AccountBook } from "./registrar/accounts.ts";
import type { StirSettings } from "./stir/stir-settings.ts";
import type { CarrierAddresses } from "./trunk/carrier-address.ts";

export interface PeerSettings {
  /** As configured: what a request line and a TLS certificate name. */
  readonly host: string;
  readonly port: number;
  readonly transport: "udp" | "tcp" | "tls";
  /** Every address the name stands for; the first is used. */
  readonly addresses: readonly string[];
  readonly tls?: PeerTls | undefined;
}

/** One machine of the PBX. */
export interface PbxNode extends PeerSettings {
  /** Nodes stand in the order of their priority; `weight` draws among equals. Missing: 1 and 0. */
  readonly priority?: number;
  readonly weight?: number;
}

export interface PreviousPassword {
  readonly password: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export interface TrunkSettings {
  readonly config: Config["trunks"][number];
  /** Where its hosts are, as DNS says now; empty while it says nothing. */
  readonly hops: readonly Hop[];
  /** Of its credentials: read by who starts us, never part of the configuration. */
  readonly password?: string | undefined;
  /** While it is changed on both sides. */
  readonly previous?: PreviousPassword | undefined;
  readonly tls?: PeerTls | undefined;
  /** Ids of its own endpoints; empty or missing: those of the phones. */
  readonly listeners?: readonly string[] | undefined;
}

export interface CoreSettings {
  /** What whoever configures us calls this configuration: decisions give it back, and nothing here looks into it. */
  readonly edition?: string | undefined;
  readonly config: Config;
  readonly policy: Policy;
  readonly endpoints: readonly Endpoint[];
  /** Addresses and public addresses of our own listeners, lower case: a phone that was given one as its domain means the first domain. */
  readonly ownHosts: ReadonlySet<string>;
  /** The first node: what names the PBX where its address does not matter. */
  readonly pbx: PeerSettings;
  /** In the order of their priority; never empty. */
  readonly pbxNodes: readonly PbxNode[];
  readonly trunks: readonly TrunkSettings[];
  /** Where DNS may send a carrier's calls; undefined: anywhere but where nobody can be. */
  readonly carrierAddresses?: CarrierAddresses | undefined;
  /** Undefined with `authentication: relay`. */
  readonly accounts?: AccountBook | undefined;
  /** Undefined: no trunk verifies or signs. */
  readonly stir?: StirSettings | undefined;
  /** Which country an address is in, ISO 3166-1 alpha-2; undefined: nobody knows. */
  readonly countryOf?: ((address: string) => string | undefined) | undefined;
  /** Undefined: nobody else judges calls. */
  readonly fraudPlace?: FraudPlace | undefined;
}

/** The domain that PBX-side URIs carry. */
export function mainDomain(settings: CoreSettings): string {
  return settings.config.phones.domains[0] ?? settings.pbx.host;
}

/** The served domain a host name means: one of the configured ones, the first for our own address, undefined for a stranger. */
export function servedDomain(settings: CoreSettings, host: string): string | undefined {
  const name = oneSpelling(host.toLowerCase());
  if (settings.config.phones.domains.includes(name)) return name;
  return settings.ownHosts.has(name) ? mainDomain(settings) : undefined;
}

/** The socket for a role and transport, or any of that role when the transport does not matter. */
export function endpointFor(settings: CoreSettings, role: Endpoint["role"], transport: string): Endpoint | undefined {
  return settings.endpoints.find((e) => e.role === role && e.transport === transport);
}

export function endpointsFor(settings: CoreSettings, role: Endpoint["role"], transport: string): readonly Endpoint[] {
  return settings.endpoints.filter((e) => e.role === role && e.transport === transport);
}

export function peerAddress(peer: PeerSettings): HostPort {
  return { address: peer.addresses[0] ?? peer.host, port: peer.port };
}
