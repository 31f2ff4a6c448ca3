/**
 * The edge without its sockets: inputs in, outputs out, time as an argument. One `handle` is one island: what goes wrong
 * in it is logged with the octets that caused it, ends at most one call, and never the process (threat L13).
 */
import { createSecretKey } from "node:crypto";
import { Deadlines, type Millis, type Random, TransactionTable } from "@ringfence/sip";
import { AmplificationBudget } from "./amplification.ts";
import { Attempts } from "./attempts.ts";
import { CallTable } from "./call/call-table.ts";
import { onMediaResult } from "./call/media-result.ts";
import { hangUp } from "./call/teardown.ts";
import { onCallTimer } from "./call/timers.ts";
import { ingest } from "./ingress.ts";
import { Relays } from "./local/relay.ts";
import type { MediaEvent, MediaResult } from "./media-port.ts";
import type { Input, Output } from "./ports.ts";
import { BindingTable } from "./registrar/binding.ts";
import { ChallengeMemory } from "./registrar/challenge-memory.ts";
import { bindingDue, removeBinding, restoreBinding } from "./registrar/holding.ts";
import { type KeptBinding, restoredBinding } from "./registrar/kept-binding.ts";
import { registrarState } from "./registrar/registrar-state.ts";
import { onRenewalTimer } from "./registrar/renewal.ts";
import type { CoreSettings } from "./settings.ts";
import { count, type EdgeState, type EdgeTimer, hex, push, tell } from "./state.ts";
import { onFailed, onTransactionOutput, toCall } from "./transaction-user.ts";
import { probePbx } from "./trunk/pbx-health.ts";
import { healthState, type Silence } from "./trunk/pbx-health-state.ts";
import { activeNode, nodeName } from "./trunk/pbx-node.ts";

/** Transactions at once; beyond that a request is answered 503 by nobody, which its sender takes for loss. */
const MAX_SERVER_TRANSACTIONS = 100_000;
const MAX_CLIENT_TRANSACTIONS = 100_000;

/** Octets of an offending message that the log shows. */
const MAX_LOGGED = 512;

export interface CoreCounts {
  readonly registrations: number;
  readonly calls: number;
  readonly transactions: { readonly server: number; readonly client: number };
  readonly timers: number;
  readonly pbxReachable: boolean | undefined;
}

export interface PbxStatus {
  /** Of the node in use. */
  readonly address: string;
  readonly reachable: boolean | undefined;
  readonly silence: Silence | undefined;
  readonly nodes: readonly { readonly address: string; readonly up: boolean | undefined }[];
}

export class EdgeCore {
  readonly #state: EdgeState;

  /** @param secret 32 octets that outlive the process, where there is a place to keep them */
  constructor(settings: CoreSettings, random: Random, secret: Uint8Array = random(32)) {
    const deadlines = new Deadlines<EdgeTimer>();
    this.#state = {
      settings,
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
      calls: new CallTable(),
      relays: new Relays(deadlines),
      amplification: new AmplificationBudget(),
      challenges: new ChallengeMemory(),
      registrar: registrarState(random),
      attempts: new Attempts(),
      refusalLog: { second: -1, lines: 0, suppressed: 0 },
      pbxHealth: healthState(),
      pbx: { reachable: undefined, backAt: Number.NEGATIVE_INFINITY },
      pending: [],
      out: [],
    };
  }

  /** A reload: calls, registrations and transactions go on; what comes next is judged by the new settings. */
  reconfigure(settings: CoreSettings): void {
    this.#state.settings = settings;
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

  nextDeadline(): Millis | undefined {
    return this.#state.deadlines.next();
  }

  counts(): CoreCounts {
    const { bindings, calls, transactions, deadlines, pbx } = this.#state;
    return {
      registrations: bindings.size,
      calls: calls.size,
      transactions: transactions.counts,
      timers: deadlines.size,
      pbxReachable: pbx.reachable,
    };
  }

  pbxStatus(): PbxStatus {
    const state = this.#state;
    const active = activeNode(state);
    return {
      address: active === undefined ? "" : nodeName(active),
      reachable: state.pbx.reachable,
      silence: state.pbxHealth.silence,
      nodes: state.settings.pbxNodes.map((node) => {
        return { address: nodeName(node), up: state.pbxHealth.nodes.get(nodeName(node))?.up };
      }),
    };
  }

  /** The PBX is asked whether it is there, from the first interval on: what phones do tells sooner. */
  watchPbx(now: Millis): void {
    const { deadlines, settings } = this.#state;
    deadlines.arm(now + settings.config.pbx.keepaliveMs, { owner: "pbx-health" });
  }

  /** Endpoints that calls still run over: a reload keeps their sockets until the calls are done. */
  endpointsInUse(): ReadonlySet<string> {
    const used = new Set<string>();
    for (const call of this.#state.calls) used.add(call.a.flow.endpoint.id).add(call.b.flow.endpoint.id);
    return used;
  }

  handle(now: Millis, input: Input): readonly Output[] {
    const state = this.#state;
    state.out = [];
    try {
      this.#accept(now, input);
    } catch (error) {
      bug(state, error, "bytes" in input ? input.bytes : undefined);
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
        for (const binding of state.bindings.onFlow(input.flowId))
          removeBinding(state, now, binding.token, "flow-lost");
        return push(state, state.transactions.onFlowLost(now, input.flowId));
      case "media-result":
        return mediaResult(state, now, input.call, input.result);
      case "media-event":
        return mediaEvent(state, now, input.event);
      case "time":
        return this.#timers(now);
    }
  }

  #timers(now: Millis): void {
    const state = this.#state;
    for (let event = state.deadlines.popDue(now); event !== undefined; event = state.deadlines.popDue(now)) {
      if (event.owner === "transaction") push(state, state.transactions.onTimer(now, event));
      else if (event.owner === "relay") onFailed(state, now, event.id, "timeout");
      else if (event.owner === "call") onCallTimer(state, now, event.call, event.timer);
      else if (event.owner === "pbx-health") probePbx(state, now);
      else if (event.owner === "renewal") onRenewalTimer(state, now, event.token, event.placed);
      else bindingDue(state, now, event.token);
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
        bug(state, error, undefined);
        if ("id" in output) endCallOf(state, now, output.id);
      }
    }
  }
}

function mediaResult(state: EdgeState, now: Millis, id: string, result: MediaResult): void {
  const call = state.calls.get(id);
  // The call may have ended while the relay worked; it was told to close.
  if (call?.step === undefined) return;
  onMediaResult(state, now, call, result);
  while (call.step === undefined && call.deferred.length > 0) {
    const next = call.deferred.shift();
    if (next !== undefined) toCall(state, now, call, next);
  }
}

function mediaEvent(state: EdgeState, now: Millis, event: MediaEvent): void {
  const call = state.calls.get(event.call);
  if (call === undefined) return;
  if (event.kind === "inactive") hangUp(state, now, call, "no-media", 408);
  else hangUp(state, now, call, "media-failed", 503);
}

function endCallOf(state: EdgeState, now: Millis, transaction: number): void {
  const call = state.calls.byTransaction(transaction);
  if (call !== undefined) hangUp(state, now, call, "bug", 500);
}

function bug(state: EdgeState, error: unknown, bytes: Uint8Array | undefined): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const shown = bytes === undefined ? "" : ` bytes=${hex(bytes.subarray(0, MAX_LOGGED))}`;
  count(state, { name: "bugs" });
  tell(state, { event: "bug", level: "error", detail: `${text}${shown}` });
}
