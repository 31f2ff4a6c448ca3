/** What `./ringfence status` and the metrics know of the edge. */
import type { GateStatus } from "@ringfence/dgram-rate-limiter";
import { type Config, keysInShadow } from "@ringfence/policy";
import type { EdgeCore } from "./core.ts";
import { bansByKind, type KeptBan } from "./defence/bans.ts";
import type { GateDropReason } from "./events.ts";
import type { FraudServiceStatus } from "./fraud/service-status.ts";
import type { LoadStatus } from "./overload/load.ts";
import type { Turns } from "./overload/turns.ts";
import type { Reception } from "./reception.ts";
import type { Sockets } from "./sockets.ts";
import type { PbxStatus } from "./trunk/pbx-status.ts";
import type { TrunkStatus } from "./trunk/trunk-status.ts";

export interface EdgeStatus {
  readonly registrations: number;
  readonly calls: number;
  readonly subscriptions: number;
  readonly transactions: { readonly server: number; readonly client: number };
  readonly timers: number;
  readonly connections: number;
  /** Of these, those on which nobody has registered. */
  readonly strangers: number;
  /** No new calls are taken. */
  readonly draining: boolean;
  /** Datagrams and connections that were not read, by reason. */
  readonly dropped: Readonly<Record<GateDropReason, number>>;
  readonly sources: GateStatus;
  /** Who takes datagrams from the kernel: `native`, or `Node.js` and why. */
  readonly datagrams: string;
  /** Registrations by how far they are trusted. */
  readonly trust: Readonly<Record<"registered" | "proven", number>>;
  readonly load: LoadStatus;
  readonly bans: Readonly<Record<KeptBan["kind"], number>>;
  /** Keys of the configuration whose rules are only looked at. */
  readonly inShadow: readonly string[];
  readonly listeners: readonly {
    readonly role: string;
    readonly transport: string;
    readonly address: string;
    readonly port: number;
  }[];
  /** Accounts that may not call. */
  readonly suspended: ReturnType<EdgeCore["suspended"]>;
  /** Undefined: there is none. */
  readonly fraudService: FraudServiceStatus | undefined;
  readonly trunks: readonly TrunkStatus[];
  readonly pbx: PbxStatus;
}

interface Parts {
  readonly core: EdgeCore;
  readonly sockets: Sockets;
  readonly reception: Reception;
  readonly turns: Turns;
  readonly config: Config;
}

export function edgeStatus({ core, sockets, reception, turns, config }: Parts, now: number): EdgeStatus {
  const { pbxReachable: _, ...counts } = core.counts();
  return {
    ...counts,
    connections: sockets.connections,
    strangers: sockets.strangers,
    dropped: { ...reception.dropped, "no-turn": turns.unread },
    sources: reception.sources,
    datagrams: sockets.datagrams.ok ? "native" : `Node.js: ${sockets.datagrams.why}`,
    trust: core.trust(now),
    load: core.load(),
    bans: bansByKind(core.bans(now)),
    inShadow: keysInShadow(config),
    suspended: core.suspended(),
    fraudService: core.fraudService(),
    trunks: core.trunks(),
    listeners: sockets.endpoints().map(({ role, transport, local }) => ({ role, transport, ...local })),
    pbx: core.pbxStatus(),
  };
}
