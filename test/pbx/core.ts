import type { BanList } from "./ban-list.ts";
import type { Call } from "./call.ts";
import type { ClientTransactions } from "./client-transaction.ts";
import type { NonceStore } from "./digest.ts";
import type { Knobs } from "./knobs.ts";
import type { Leg } from "./leg.ts";
import type { Mailboxes } from "./mailbox.ts";
import type { PortPool } from "./media-port.ts";
import type { MediaTicker } from "./media-ticker.ts";
import type { PbxData } from "./pbx-data.ts";
import type { PublishedPresence } from "./publish.ts";
import type { Registrar } from "./registrar.ts";
import type { ServerTransactions } from "./server-transaction.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { Timers } from "./timers.ts";
import type { Flow, Transport } from "./transport.ts";

/** Captured: Server of the REGISTER 200 and User-Agent of requests. */
export const productName = "SIP server (5 clients, 20251206)";

/** Captured: the Allow list of every response but 100. */
export const allowed = "ACK, BYE, CANCEL, INFO, INVITE, MESSAGE, NOTIFY, OPTIONS, PRACK, REFER, REGISTER, SUBSCRIBE";

/** What the parts of the stand-in share. */
export interface Core {
  readonly data: PbxData;
  readonly knobs: Knobs;
  readonly timers: Timers;
  readonly transport: Transport;
  readonly server: ServerTransactions;
  readonly client: ClientTransactions;
  readonly registrar: Registrar;
  readonly nonces: NonceStore;
  readonly bans: BanList;
  readonly legs: Map<string, Leg>;
  readonly calls: Set<Call>;
  readonly mailboxes: Mailboxes;
  readonly published: PublishedPresence;
  readonly subscriptions: Subscriptions;
  readonly ports: PortPool;
  readonly ticker: MediaTicker;
  /** The PBX's own address as the peer of this flow knows it. */
  readonly addressFor: (flow: Flow) => string;
}

/** More of anything than this is a flood, not a test. */
export const tableLimit = 20_000;
