import type { Cidr } from "../cidr.ts";
import type { AdminConfig } from "./admin.ts";
import type { AlertReceiver } from "./alerts-config.ts";
import type { BackupConfig } from "./backup.ts";
import type { CaptureConfig } from "./capture.ts";
import type { CdrConfig } from "./cdr.ts";
import type { CertificateConfig } from "./certificates.ts";
import type { DefenceConfig } from "./defence-config.ts";
import type { LogsConfig } from "./logs-config.ts";
import type { MediaConfig, SideMediaConfig } from "./media-config.ts";
import type { Moment } from "./moment.ts";
import type { PolicyConfig } from "./policy-config.ts";
import type { StirConfig, TrunkIdentity } from "./stir-config.ts";
import type { UseRules } from "./use-rules.ts";

export type SignallingTransport = "udp" | "tcp" | "tls";
/** What phones may come over; only `SignallingTransport` leads to PBX and carriers. */
export type ListenTransport = SignallingTransport | "ws" | "wss";
/** A secret is named, never held: the appliance reads the file or the variable. Paths may be relative to the configuration file. */
export type SecretSource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "env"; readonly name: string };

/** What a secret was before, and holds until then too. */
export interface PreviousSecret {
  readonly source: SecretSource;
  readonly until: Moment;
}

export interface RotatingSecret {
  readonly now: SecretSource;
  readonly previous: PreviousSecret | undefined;
}

/** Host is an address (IPv6 without brackets) or a name, lower case. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Address is an IP address, IPv6 without brackets. */
export interface LocalEndpoint {
  readonly address: string;
  readonly port: number;
}

/** Who a peer must be that we connect to by TLS. */
export interface PeerTlsConfig {
  /** False: only the pins are compared. */
  readonly verify: boolean;
  /** Path of a PEM file; undefined: the system's authorities. */
  readonly ca: string | undefined;
  /** Path of a PEM file with revocation lists; undefined: nothing is looked up. */
  readonly crl: string | undefined;
  /** SHA-256 of public keys, base64; empty: any key. */
  readonly pins: readonly string[];
  /** Empty: the configured host name. */
  readonly names: readonly string[];
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  readonly ciphers: "default" | "compatible";
  /** Name in `certificates`. */
  readonly clientCertificate: string | undefined;
  /** Who calls from there must show a certificate that fits all of the above. */
  readonly requireClient: boolean;
}

/** `weight`: chance to be preferred among nodes of one priority; with 0 for all it is the order of the file. */
export interface PbxNodeConfig extends Endpoint {
  readonly priority: number;
  readonly weight: number;
}

/** Host and port are those of the first node. */
export interface PbxConfig extends Endpoint {
  /** The preferred one first; never empty. */
  readonly nodes: readonly PbxNodeConfig[];
  readonly transport: SignallingTransport;
  readonly tls: PeerTlsConfig;
  /** With `authentication: edge`: whose challenges are answered. Undefined: learnt from the PBX's own registrar. */
  readonly realms: readonly string[] | undefined;
  /** REGISTER carries Path and outbound. */
  readonly path: boolean;
  readonly largeRequests: "udp" | "tcp";
  readonly registersPerSecond: number;
  readonly keepaliveMs: number | undefined;
}

export interface ListenConfig extends LocalEndpoint {
  readonly transport: ListenTransport;
  /** Name in `certificates`. Undefined on a tls or wss listener: one is made and signed by ourselves. */
  readonly certificate: string | undefined;
  /** Web origins that may open a WebSocket, as a browser writes them; empty: none. */
  readonly origins: readonly string[];
  /** ws on an address that others reach was meant. */
  readonly unencrypted: boolean;
}

/** RFC 4028: how long a call lasts without a sign of life, and the shortest interval that is taken. */
export interface SessionTimerConfig {
  readonly expiresMs: number;
  readonly minMs: number;
}

export interface PhonesConfig {
  /** Lower case; never empty. */
  readonly domains: readonly string[];
  readonly listen: readonly ListenConfig[];
  readonly publicAddress: string | undefined;
  /** How often the NAT in front of a UDP phone is kept open; undefined: never. */
  readonly keepaliveMs: number | undefined;
  readonly authentication: "relay" | "edge";
  /** Path of the accounts file; never undefined with `authentication: edge`. */
  readonly accounts: string | undefined;
  /** Digest algorithms in the order they are offered, with `authentication: edge`. */
  readonly digest: readonly ("SHA-256" | "MD5")[];
  /** `phoneExpiresMs`: undefined leaves the choice to the edge, by transport. */
  readonly registration: {
    readonly phoneExpiresMs: number | undefined;
    readonly pbxExpiresMs: number;
    readonly maxContacts: number;
    readonly onNewAddress: "alert" | "off";
  };
  readonly media: SideMediaConfig;
  readonly methods: { readonly subscribe: boolean; readonly message: boolean; readonly refer: boolean };
  /** Undefined, here and below: this side is held to no session timer. */
  readonly sessionTimer: SessionTimerConfig | undefined;
}

export interface TrunkHost extends Endpoint {
  readonly transport: SignallingTransport;
  /** What the file said, as RFC 3263 asks: a port means no SRV, a transport no NAPTR. */
  readonly explicit: { readonly port: boolean; readonly transport: boolean };
  /** RFC 2782: the lowest is tried first. */
  readonly priority: number;
  /** Share among hosts of one priority; 0: what DNS says. */
  readonly weight: number;
}

export interface TrunkCredentials {
  readonly user: string;
  readonly password: SecretSource;
  /** While a password is changed on both sides. */
  readonly previous?: PreviousSecret | undefined;
  /** Undefined: the names of the hosts. */
  readonly realm?: string | undefined;
}

export interface TrunkNumbers {
  /** Dialled prefixes this trunk takes; empty: any. */
  readonly prefix: readonly string[];
  readonly format: "as-is" | "e164" | "national";
  /** Without plus; empty: not known. */
  readonly countryCode: string;
  readonly internationalPrefix: string;
  readonly nationalPrefix: string;
  readonly techPrefix: string;
  readonly callerId: "from" | "pai" | "rpid";
  readonly diversion: boolean;
  readonly userPhone: boolean;
  readonly scheme: "sip" | "tel";
}

/** Undefined: no limit. */
export interface TrunkLimit {
  /** At one time. */
  readonly calls: number | undefined;
  readonly callsPerSecond: number | undefined;
}

export interface TrunkConfig {
  readonly name: string;
  readonly mode: "peer" | "register" | "both";
  readonly hosts: readonly TrunkHost[];
  readonly from: readonly Cidr[];
  readonly credentials?: TrunkCredentials | undefined;
  /** Sockets of its own; empty: those of the phones. */
  readonly listen: readonly ListenConfig[];
  /** The one that it is bound to; then `listen` is on addresses of that interface. */
  readonly interface?: string | undefined;
  readonly tls: PeerTlsConfig;
  readonly registration: { readonly expiresMs: number };
  /** How often each host is asked with OPTIONS; undefined: never. */
  readonly keepaliveMs: number | undefined;
  readonly sessionTimer: SessionTimerConfig | undefined;
  readonly largeRequests: "udp" | "tcp";
  /** `follow`: to another host of this trunk only. */
  readonly redirects: "refuse" | "follow";
  /** `from` and `ports`: where RTP may come from; undefined: wherever the signalling says. */
  readonly media: SideMediaConfig & {
    readonly from: readonly Cidr[] | undefined;
    readonly ports: { readonly first: number; readonly last: number } | undefined;
  };
  readonly numbers: TrunkNumbers;
  readonly identity: TrunkIdentity;
  /** Of both directions together, and of each; what is used of a day is for calls to the carrier. */
  readonly limits: TrunkLimit & {
    readonly in: TrunkLimit;
    readonly out: TrunkLimit & UseRules;
    readonly mode: "enforce" | "shadow";
  };
  /** `did`: numbers the carrier may deliver, as `did-table.ts` reads them; empty: any. */
  readonly inbound: { readonly to: "pbx"; readonly did: readonly string[] };
}

export interface CoreConfig {
  /** Undefined: port 5070 (phones) and 5080 (trunks) on the address that routes to the PBX. */
  readonly phonesFrom: LocalEndpoint | undefined;
  readonly trunksFrom: LocalEndpoint | undefined;
  /** One address for both was meant, also over streams, where the PBX sees no port that tells them apart. */
  readonly sharedAddress: boolean;
  readonly sessionTimer: SessionTimerConfig | undefined;
  readonly media: SideMediaConfig;
}

/** A whole configuration, every default filled in. Plain data: durations in milliseconds, nothing mutable. */
export interface Config {
  readonly pbx: PbxConfig;
  readonly phones: PhonesConfig;
  readonly trunks: readonly TrunkConfig[];
  readonly core: CoreConfig;
  readonly media: MediaConfig;
  readonly certificates: ReadonlyMap<string, CertificateConfig>;
  readonly stir: StirConfig;
  readonly policy: PolicyConfig;
  readonly defence: DefenceConfig;
  readonly logs: LogsConfig;
  readonly capture: CaptureConfig;
  readonly metrics: { readonly listen: LocalEndpoint };
  readonly cdr: CdrConfig;
  /** Undefined: there is no console and no API. */
  readonly admin: AdminConfig | undefined;
  readonly alerts: readonly AlertReceiver[];
  /** Undefined: no secret is too old. */
  readonly secrets: { readonly maxAgeMs: number | undefined };
  readonly state: { readonly dir: string };
  /** Undefined: none is made. */
  readonly backup: BackupConfig | undefined;
}
