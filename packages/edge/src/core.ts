/**
 * The edge without its sockets: inputs in, outputs out, time as an argument. One `handle` is one island: what goes wrong
 * in it is logged with the octets that caused it, ends at most one call, and never the process (threat L13).
 */
import { createSecretKey } from "node:crypto";
import { Ledger, Suspensions } from "@ringfence/policy";
import { Deadlines, type Millis, type Random, TransactionTable } from "@ringfence/sip";
import { AmplificationBudget } from "./amplification.ts";
import { Attempts } from "./attempts.ts";
import { reportBug } from "./bug-report.ts";
import { CallIdMemory } from "./call/call-id-memory.ts";
import { CallTable } from "./call/call-table.ts";
import { type CoreCounts, coreCounts } from "./core-counts.ts";
import { fireTimer } from "./due.ts";
import { flowKeeper, keepsFlow } from "./flow-keeper.ts";
import { ingest } from "./ingress.ts";
import { Relays } from "./local/relay.ts";
import type { Input, Output } from "./ports.ts";
import { BindingTable } from "./registrar/binding.ts";
import { ChallengeMemory } from "./registrar/challenge-memory.ts";
import { loseFlow } from "./registrar/flow-loss.ts";
import { restoreBinding } from "./registrar/holding.ts";
import { Keepalives } from "./registrar/keepalive.ts";
import { type KeptBinding, restoredBinding } from "./registrar/kept-binding.ts";
import { registrarState } from "./registrar/registrar-state.ts";
import { credentialResult, endCallOf, mediaEvent, mediaResult } from "./reports.ts";
import type { CoreSettings } from "./settings.ts";
import { type EdgeState, type EdgeTimer, push } from "./state.ts";
import { stirState } from "./stir/stir-state.ts";
import { SubscriptionTable } from "./subscription/subscription.ts";
import { onTransactionOutput } from "./transaction-user.ts";
import { askingInterval } from "./trunk/pbx-health.ts";
import { healthState } from "./trunk/pbx-health-state.ts";
import { type PbxStatus, pbxStatus } from "./trunk/pbx-status.ts";
import { superviseTrunks } from "./trunk/supervise.ts";
import { TrunkStates } from "./trunk/trunk-states.ts";
import { type TrunkStatus, trunkStatus } from "./trunk/trunk-status.ts";
import { withdrawals } from "./trunk/withdrawal.ts";
import { watchAll } from "./use/cut.ts";
import { auditUse, type KeptUse, restoreUse, takeUse, type UseKeeper } from "./use/keeping.ts";
import { resume, suspend } from "./use/suspension.ts";

/** Transactions at once; beyond that a request is answered 503 by nobody, which its sender takes for loss. */
const MAX_SERVER_TRANSACTIONS = 100_000;
const MAX_CLIENT_TRANSACTIONS = 100_000;

export class EdgeCore {
  readonly #state: EdgeState;

  /** @param secret 32 octets that outlive the process, where there is a place to keep them */
  constructor(settings: CoreSettings, random: Random, secret: Uint8Array = random(32)) {
    const deadlines = new Deadlines<EdgeTimer>();
    this.#state = {
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
      registrar: registrarState(random),
      attempts: new Attempts(),
      stir: stirState(),
      use: { ledger: new Ledger(), timers: new Map(), suspensions: new Suspensions() },
      refusalLog: { second: -1, lines: 0, suppressed: 0 },
      pbxHealth: healthState(),
      refusers: new Map(),
      pbx: { reachable: undefined, backAt: Number.NEGATIVE_INFINITY },
      draining: false,
      pending: [],
      out: [],
    };
  }

  /** A reload: calls, registrations and transactions go on; what comes next is judged by the new settings. */
  reconfigure(settings: CoreSettings): void {
    this.#state.settings = settings;
    this.#state.trunks.changed = true;
    this.#state.trunks.farewell = undefined;
    watchAll(this.#state, this.#state.now);
  }

  /**
   * With the next input, registrations with carriers that `next` does not want are taken back; without `next` all of them.
   * The settings in force must stay until `withdrawals` is zero, or patience ends.
   */
  withdraw(next: CoreSettings | undefined): void {
    this.#state.trunks.farewell = { next, gone: new Set() };
    this.#state.trunks.changed = true;
  }

  get withdrawals(): number {
    return withdrawals(this.#state);
  }

  /** From now on no call is begun but emergency calls; registrations and the calls there are go on. */
  drain(): void {
    this.#state.draining = true;
  }

  /** Registrations of the process before this one, whose flows are still good; returns the tokens of the others. */
  restore(now: Millis, kept: readonly KeptBinding[], wallOffset: number): readonly string[] {
    const state = this.#state;
    const over: string[] = [];
    for (const one of kept) {
      const binding = restoredBinding(state.settings, now, one, wallOffset);
      if (binding === undefined) over.push(one.token);
      else restoreBinding(state, now, binding);
    }
    return over;
  }

  /** Use of the process before this one. The wall clock must be known. */
  restoreUse(now: Millis, keeper: UseKeeper): void {
    restoreUse(this.#state, now, keeper);
  }

  /** What is to be kept of use: records that changed since the last time, by key. @param working whether they are kept indeed */
  takeUse(now: Millis, working: boolean): readonly KeptUse[] {
    return takeUse(this.#state, now, working);
  }

  /** Accounts that may not call. */
  suspended(): ReturnType<Suspensions["list"]> {
    return this.#state.use.suspensions.list();
  }

  /** Told at the start and whenever the machine's clock may have been set. @param offset milliseconds from `now` to 1970 */
  wallClock(offset: Millis): void {
    this.#state.stir.wallOffset = offset;
    this.#state.use.ledger.wallOffset = offset;
  }

  nextDeadline(): Millis | undefined {
    return this.#state.deadlines.next();
  }

  counts(): CoreCounts {
    return coreCounts(this.#state);
  }

  /** Carriers as they are now, in the order of the configuration. */
  trunks(): readonly TrunkStatus[] {
    return trunkStatus(this.#state);
  }

  pbxStatus(): PbxStatus {
    return pbxStatus(this.#state);
  }

  /** The PBX is asked whether it is there, from the first interval on: what phones do tells sooner. */
  watchPbx(now: Millis): void {
    const state = this.#state;
    state.deadlines.arm(now + askingInterval(state), { owner: "pbx-health" });
  }

  /** Endpoints that calls still run over: a reload keeps their sockets until the calls are done. */
  endpointsInUse(): ReadonlySet<string> {
    const used = new Set<string>();
    for (const call of this.#state.calls) used.add(call.a.flow.endpoint.id).add(call.b.flow.endpoint.id);
    return used;
  }

  /** Says of a flow whether a registration or a call is on it: for many flows at one time, and for one. */
  readonly flowKeeper = () => flowKeeper(this.#state);
  readonly keepsFlow = (flowId: string): boolean => keepsFlow(this.#state, flowId);

  handle(now: Millis, input: Input): readonly Output[] {
    const state = this.#state;
    state.out = [];
    state.now = now;
    try {
      if (state.trunks.changed) superviseTrunks(state, now);
      this.#accept(now, input);
    } catch (error) {
      reportBug(state, error, "bytes" in input ? input.bytes : undefined);
    }
    this.#drain(now);
    return state.out;
  }

  #accept(now: Millis, input: Input): void {
    const state = this.#state;
    switch (input.kind) {
      case "message":
        return ingest(state, now, input.flow, input.bytes);
      case "broken-stream":
        ingest(state, now, input.flow, input.bytes);
        state.out.push({ kind: "close-flow", flowId: input.flow.id });
        return;
      case "flow-lost":
        loseFlow(state, now, input.flowId);
        return push(state, state.transactions.onFlowLost(now, input.flowId));
      case "media-result":
        return mediaResult(state, now, input);
      case "media-event":
        return mediaEvent(state, now, input.event);
      case "credential":
        return credentialResult(state, now, input.url, input.answer);
      case "time":
        return this.#timers(now);
      case "suspend":
        return suspend(state, now, input.account, "command", input.forMs);
      case "resume":
        return resume(state, input.account);
      case "audit":
        return auditUse(state, now);
    }
  }

  #timers(now: Millis): void {
    const state = this.#state;
    for (let event = state.deadlines.popDue(now); event !== undefined; event = state.deadlines.popDue(now)) {
      fireTimer(state, now, event);
      this.#drain(now);
    }
  }

  /** The one loop in which transaction outputs find their user; what that user sends comes back through here. */
  #drain(now: Millis): void {
    const state = this.#state;
    for (let output = state.pending.shift(); output !== undefined; output = state.pending.shift()) {
      try {
        onTransactionOutput(state, now, output);
      } catch (error) {
        reportBug(state, error, undefined);
        if ("id" in output) endCallOf(state, now, output.id);
      }
    }
  }
}
