/** What `./ringfence status` and the metrics know of the edge. */
import type { GateStatus } from "@ringfence/dgram-rate-limiter";
import type { EdgeCore } from "./core.ts";
import type { KeptBan } from "./defence/bans.ts";
import type { GateDropReason } from "./events.ts";
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
  readonly trunks: readonly TrunkStatus[];
  readonly pbx: PbxStatus;
}
