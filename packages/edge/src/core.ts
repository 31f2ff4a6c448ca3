/**
 * The edge without its sockets: inputs in, outputs out, time as an argument. One `handle` is one island: what goes wrong
 * in it is logged with the octets that caused it, ends at most one call, and never the process (threat L13).
 */
import type { Millis, Random } from "@ringfence/sip";
import { reportBug } from "./bug-report.ts";
import { endEveryCall } from "./call/end-every-call.ts";
import { type CoreCounts, coreCounts } from "./core-counts.ts";
import { type DecisionDesk, decisionDesk } from "./decisions/decision-desk.ts";
import { type KeptBan, onBanOrder, standingBans } from "./defence/bans.ts";
import { countTrust, settleTrust } from "./defence/ladder.ts";
import { fireTimer } from "./due.ts";
import { emptyState } from "./empty-state.ts";
import { flowKeeper, keepsFlow } from "./flow-keeper.ts";
import { judgeSuspicions } from "./fraud/fraud.ts";
import { fraudServiceStatus } from "./fraud/service-status.ts";
import { ingest } from "./ingress.ts";
import { type Look, lookAt } from "./look/look.ts";
import { type LoadStatus, loadStatus, onLoad } from "./overload/load.ts";
import type { Input, Output } from "./ports.ts";
import { loseFlow } from "./registrar/flow-loss.ts";
import type { KeptBinding } from "./registrar/kept-binding.ts";
import { restoreBindings } from "./registrar/restoring.ts";
import { judgeStanding } from "./reload/ending.ts";
import type { Judgement } from "./reload/judgement.ts";
import { type LeftPeers, leftPeers } from "./reload/left-peers.ts";
import { credentialResult, endCallOf, fraudAnswer, mediaEvent, mediaResult } from "./reports.ts";
import type { CoreSettings } from "./settings.ts";
import { type EdgeState, push } from "./state.ts";
import { onTransactionOutput } from "./transaction-user.ts";
import { askingInterval } from "./trunk/pbx-health.ts";
import { type PbxStatus, pbxStatus } from "./trunk/pbx-status.ts";
import { superviseTrunks } from "./trunk/supervise.ts";
import { type TrunkStatus, trunkStatus } from "./trunk/trunk-status.ts";
import { withdrawals } from "./trunk/withdrawal.ts";
import { watchAll } from "./use/cut.ts";
import { auditUse, type KeptUse, restoreUse, takeUse, type UseKeeper } from "./use/keeping.ts";
import { onSuspensionOrder } from "./use/suspension.ts";

export class EdgeCore {
  readonly #state: EdgeState;

  /** @param secret 32 octets that outlive the process, where there is a place to keep them */
  constructor(settings: CoreSettings, random: Random, secret: Uint8Array = random(32)) {
    this.#state = emptyState(settings, random, secret);
  }

  /** A reload: calls, registrations and transactions go on; what comes next is judged by the new settings. */
  reconfigure(settings: CoreSettings): void {
    this.#state.settings = settings;
    this.#state.trunks.changed = true;
    this.#state.trunks.farewell = undefined;
    watchAll(this.#state, this.#state.now);
  }

  /** After a reload that is done: what it forbids ends, or goes on, as `policy.on_reload` says. */
  judgeStanding(now: Millis): Judgement {
    return judgeStanding(this.#state, now);
  }

  /** Peers that are no longer configured and still in calls. */
  leftPeers(): LeftPeers {
    return leftPeers(this.#state);
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
    return restoreBindings(this.#state, now, kept, wallOffset);
  }

  /** Networks (IPv6 /48) that accounts have registered from. */
  homes(): ReadonlySet<string> {
    return this.#state.registrar.places.all();
  }

  /** Who is banned, suspect or locked now. */
  bans(now: Millis): readonly KeptBan[] {
    return standingBans(this.#state, now, this.#state.stir.wallOffset);
  }

  /** Registrations by how far they are trusted. */
  trust(now: Millis): ReturnType<typeof countTrust> {
    return countTrust(this.#state, now);
  }

  load(): LoadStatus {
    return loadStatus(this.#state);
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
  readonly suspended = () => this.#state.use.suspensions.list();

  /** Told at the start and whenever the machine's clock may have been set. @param offset milliseconds from `now` to 1970 */
  wallClock(offset: Millis): void {
    this.#state.stir.wallOffset = offset;
    this.#state.use.ledger.wallOffset = offset;
  }

  /** Decisions that were made, and what one made now would have to go by. */
  decisionDesk(now: () => Millis): DecisionDesk {
    return decisionDesk(this.#state, now);
  }

  /** What there is now, for people. */
  look(now: () => Millis): Look {
    return lookAt(this.#state, now);
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

  readonly fraudService = () => fraudServiceStatus(this.#state);

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

  readonly legs = () => this.#state.calls.legs();

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
      case "broken-stream":
        ingest(state, now, input.flow, input.bytes);
        if (input.kind === "broken-stream") state.out.push({ kind: "close-flow", flowId: input.flow.id });
        return;
      case "flow-lost":
        loseFlow(state, now, input.flowId);
        return push(state, state.transactions.onFlowLost(now, input.flowId));
      case "media-result":
        return mediaResult(state, now, input);
      case "media-event":
        return mediaEvent(state, now, input.event);
      case "ban":
      case "unban":
      case "bans":
        return onBanOrder(state, now, input);
      case "credential":
        return credentialResult(state, now, input.url, input.answer);
      case "fraud-answer":
        return fraudAnswer(state, now, input.call, input.text);
      case "time":
        return this.#timers(now);
      case "close":
        return endEveryCall(state, now);
      case "suspend":
      case "resume":
        return onSuspensionOrder(state, now, input);
      case "load":
        return onLoad(state, now, input.sample);
      case "audit":
        settleTrust(state, now);
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
    judgeSuspicions(state, now);
    for (let output = state.pending.shift(); output !== undefined; output = state.pending.shift()) {
      try {
        onTransactionOutput(state, now, output);
      } catch (error) {
        reportBug(state, error, undefined);
        if ("id" in output) endCallOf(state, now, output.id);
      }
      judgeSuspicions(state, now);
    }
  }
}
