/** Everything the core remembers, in one place. Tables are plain data behind small classes with caps. */
import { createHmac, type KeyObject } from "node:crypto";
import type { Penalties } from "@ringfence/dgram-rate-limiter";
import type { AnomalyWatch, Ledger, Suspensions } from "@ringfence/policy";
import type { Deadline, Deadlines, Millis, Random, TransactionTable, TxOutput, TxTimer } from "@ringfence/sip";
import type { AmplificationBudget } from "./amplification.ts";
import type { Attempts } from "./attempts.ts";
import type { CallIdMemory } from "./call/call-id-memory.ts";
import type { CallTable } from "./call/call-table.ts";
import type { Admitted } from "./decisions/admitted.ts";
import type { DecisionBook } from "./decisions/decision-book.ts";
import type { TransactionRate } from "./defence/transaction-rate.ts";
import type { Conducts, Trust } from "./defence/trust.ts";
import type { EdgeCount, EdgeEvent } from "./events.ts";
import type { Suspicion } from "./fraud/fraud.ts";
import type { ServiceState, ServiceTimer } from "./fraud/service.ts";
import type { Relays, RelayTimer } from "./local/relay.ts";
import type { Overlaps } from "./overlap.ts";
import type { OverloadControl } from "./overload/overload-control.ts";
import type { Output } from "./ports.ts";
import type { RefusalLog } from "./refusal-log.ts";
import type { BindingTable } from "./registrar/binding.ts";
import type { ChallengeMemory } from "./registrar/challenge-memory.ts";
import type { Keepalives, KeepaliveTimer } from "./registrar/keepalive.ts";
import type { RenewalTimer } from "./registrar/own-requests.ts";
import type { RegistrarState } from "./registrar/registrar-state.ts";
import type { Ending, EndingTimer } from "./reload/ending-state.ts";
import type { CoreSettings } from "./settings.ts";
import type { CredentialTimer, StirState } from "./stir/stir-state.ts";
import type { SubscriptionTable } from "./subscription/subscription.ts";
import type { HealthState, HealthTimer } from "./trunk/pbx-health-state.ts";
import type { TrunkStates, TrunkTimer } from "./trunk/trunk-states.ts";
import type { UseTimer } from "./use/charge.ts";

export type CallTimerName =
  | "no-answer"
  | "answer-retransmit"
  | "provisional-retransmit"
  | "duration"
  | "attempt"
  | "lost-flows"
  | "session-a"
  | "session-b";

export type EdgeTimer =
  | TxTimer
  | RelayTimer
  | KeepaliveTimer
  | RenewalTimer
  | TrunkTimer
  | HealthTimer
  | CredentialTimer
  | UseTimer
  | ServiceTimer
  | EndingTimer
  | { readonly owner: "call"; readonly call: string; readonly timer: CallTimerName }
  | { readonly owner: "binding"; readonly token: string }
  | { readonly owner: "subscription"; readonly id: string };

export interface EdgeState {
  settings: CoreSettings;
  /** Of the input being handled. */
  now: Millis;
  readonly random: Random;
  /** Keyed hashes that must be the same for a retransmission but not guessable: stateless To tags, contact tokens. */
  readonly secret: KeyObject;
  readonly deadlines: Deadlines<EdgeTimer>;
  readonly transactions: TransactionTable;
  readonly bindings: BindingTable;
  readonly keepalives: Keepalives;
  readonly calls: CallTable;
  readonly callIds: CallIdMemory;
  readonly subscriptions: SubscriptionTable;
  readonly relays: Relays;
  readonly trunks: TrunkStates;
  readonly challenges: ChallengeMemory;
  readonly overlaps: Overlaps;
  readonly amplification: AmplificationBudget;
  readonly registrar: RegistrarState;
  readonly penalties: Penalties;
  /** What sources have left of their new requests. */
  readonly transactionRate: TransactionRate;
  readonly attempts: Attempts;
  /** How accounts behave where they register, and what the gate was told of the sources that is not unknown. */
  readonly conducts: Conducts;
  readonly gateTrust: Map<string, Trust>;
  readonly overload: OverloadControl;
  /** 32 random bits: which requests a share refuses is nobody's to choose. */
  readonly overloadSeed: number;
  readonly stir: StirState;
  /** Who has used what, and when limits of the day end calls of a payer. */
  readonly use: {
    readonly ledger: Ledger;
    readonly timers: Map<string, Deadline>;
    readonly suspensions: Suspensions;
    readonly watch: AnomalyWatch;
    /** Found, and not yet followed up. */
    readonly suspicions: Suspicion[];
  };
  /** Lines about strangers, and about who is known here: those of the first never leave out one of the second. */
  readonly fraudService: ServiceState;
  readonly refusalLog: RefusalLog;
  readonly ownRefusalLog: RefusalLog;
  readonly decisions: DecisionBook;
  /** The request that was let through last, until the call it begins has taken it. */
  admitted: Admitted | undefined;
  /** `reachable`: undefined before the first answer or time-out. `backAt`: when it answered again after a silence. */
  pbx: { reachable: boolean | undefined; backAt: number };
  /** No new calls: the process ends when the last one has. */
  draining: boolean;
  readonly pbxHealth: HealthState;
  /** What a reload forbids and what still stands of it. */
  readonly ending: Ending;
  /** Flows on which a large request was not taken, and until when none is sent there (trunk/large-request.ts). */
  readonly refusers: Map<string, Millis>;
  /** What the transaction layer said and nobody has looked at yet; the core drains it before it returns. */
  pending: TxOutput[];
  out: Output[];
}

export function push(state: EdgeState, outputs: readonly TxOutput[]): void {
  for (const output of outputs) state.pending.push(output);
}

export function tell(state: EdgeState, event: EdgeEvent): void {
  state.out.push({ kind: "event", event });
}

export function count(state: EdgeState, value: EdgeCount): void {
  state.out.push({ kind: "count", count: value });
}

/** For who looks on: see tap.ts. */
export function nameLeg(state: EdgeState, call: { readonly id: string }, callId: string): void {
  state.out.push({ kind: "leg", call: call.id, callId });
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** RFC 3261 §19.3: tags need 32 bits of randomness; ours have 64. */
export function newTag(state: EdgeState): string {
  return hex(state.random(8));
}

/** A Call-ID without host part: it must say nothing of who made it. */
export function newCallId(state: EdgeState): string {
  return hex(state.random(16));
}

/** A first CSeq well below 2^31 (RFC 3261 §8.1.1.5), not guessable from the other side's. */
export function newCSeq(state: EdgeState): number {
  const [high = 0, low = 0] = state.random(2);
  return 1 + ((high << 8) | low);
}

/** Hex digits of a keyed hash over parts: equal input gives equal output within one process, and tells nothing of it. */
export function keyed(state: EdgeState, digits: number, ...parts: readonly string[]): string {
  const mac = createHmac("sha256", state.secret);
  for (const part of parts) mac.update(`${part.length}:`).update(part, "latin1");
  return mac.digest("hex").slice(0, digits);
}
