/** What the core remembers before anything has happened. */
import { createSecretKey } from "node:crypto";
import { Penalties } from "@ringfence/dgram-rate-limiter";
import { AnomalyWatch, Ledger, Suspensions } from "@ringfence/policy";
import { Deadlines, type Random, TransactionTable } from "@ringfence/sip";
import { AmplificationBudget } from "./amplification.ts";
import { Attempts } from "./attempts.ts";
import { CallIdMemory } from "./call/call-id-memory.ts";
import { CallTable } from "./call/call-table.ts";
import { DecisionBook } from "./decisions/decision-book.ts";
import { TransactionRate } from "./defence/transaction-rate.ts";
import { Conducts } from "./defence/trust.ts";
import { serviceState } from "./fraud/service.ts";
import { Relays } from "./local/relay.ts";
import { Overlaps } from "./overlap.ts";
import { OverloadControl } from "./overload/overload-control.ts";
import { newRefusalLog } from "./refusal-log.ts";
import { BindingTable, MAX_BINDINGS } from "./registrar/binding.ts";
import { ChallengeMemory } from "./registrar/challenge-memory.ts";
import { Keepalives } from "./registrar/keepalive.ts";
import { registrarState } from "./registrar/registrar-state.ts";
import { noEnding } from "./reload/ending-state.ts";
import type { CoreSettings } from "./settings.ts";
import type { EdgeState, EdgeTimer } from "./state.ts";
import { stirState } from "./stir/stir-state.ts";
import { SubscriptionTable } from "./subscription/subscription.ts";
import { healthState } from "./trunk/pbx-health-state.ts";
import { TrunkStates } from "./trunk/trunk-states.ts";

/** Transactions at once; beyond that a request is answered 503 by nobody, which its sender takes for loss. */
export const MAX_SERVER_TRANSACTIONS = 100_000;
const MAX_CLIENT_TRANSACTIONS = 100_000;

export function emptyState(settings: CoreSettings, random: Random, secret: Uint8Array): EdgeState {
  const deadlines = new Deadlines<EdgeTimer>();
  const registrar = registrarState(random);
  // Which sources share a place in a table is nobody's to choose.
  const seed = Buffer.from(random(4)).readUInt32LE();
  return {
    settings,
    now: 0,
    random,
    // As a key object: raw octets would be imported anew for every hash, which costs ten times the hash.
    secret: createSecretKey(secret),
    deadlines,
    transactions: new TransactionTable({
      deadlines,
      random,
      maxServer: MAX_SERVER_TRANSACTIONS,
      maxClient: MAX_CLIENT_TRANSACTIONS,
    }),
    bindings: new BindingTable(),
    keepalives: new Keepalives(),
    calls: new CallTable(),
    callIds: new CallIdMemory(),
    subscriptions: new SubscriptionTable(),
    relays: new Relays(deadlines),
    trunks: new TrunkStates(),
    amplification: new AmplificationBudget(),
    challenges: new ChallengeMemory(),
    overlaps: new Overlaps(),
    registrar,
    penalties: new Penalties(seed),
    transactionRate: new TransactionRate(settings, seed),
    attempts: new Attempts(),
    conducts: new Conducts(MAX_BINDINGS),
    gateTrust: new Map(),
    overload: new OverloadControl(),
    overloadSeed: Buffer.from(random(4)).readInt32LE(),
    stir: stirState(),
    use: {
      ledger: new Ledger(),
      timers: new Map(),
      suspensions: new Suspensions(),
      watch: new AnomalyWatch(),
      suspicions: [],
    },
    fraudService: serviceState(),
    refusalLog: newRefusalLog(),
    ownRefusalLog: newRefusalLog(),
    decisions: new DecisionBook(),
    admitted: undefined,
    pbxHealth: healthState(),
    ending: noEnding(),
    refusers: new Map(),
    pbx: { reachable: undefined, backAt: Number.NEGATIVE_INFINITY },
    draining: false,
    pending: [],
    out: [],
  };
}
