/** What of the ledger outlives the process, and the ledger held against the calls that there are. */
import type { Payer, UseRecord } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import { count, type EdgeState, tell } from "../state.ts";
import { watch } from "./charge.ts";

/** Where use outlives the process. */
export interface UseKeeper {
  readonly restored: readonly (readonly [Payer, UseRecord])[];
  /** Wall clock: until when the process before this one is known to have lived. */
  readonly aliveAt: number;
  /** Undefined: nothing of the payer counts any more. */
  keep(payer: Payer, record: UseRecord | undefined): void;
  /** False while what is kept is not written: then limits of a day and an hour refuse. */
  readonly working: boolean;
}

export function restoreUse(state: EdgeState, now: Millis, { restored, aliveAt }: UseKeeper): void {
  const { ledger } = state.use;
  for (const [payer, record] of restored) ledger.restore(payer, record, now, aliveAt);
}

/**
 * The ledger is derived from the call table: what it holds beyond that is settled, and said as the fault that it is. Nothing else ever
 * finds out, so that a limit never depends on it.
 */
export function auditUse(state: EdgeState, now: Millis): void {
  const { ledger } = state.use;
  const calls = new Set<string>();
  for (const { id } of state.calls) calls.add(id);
  for (const { call, payer } of ledger.audit(calls, now)) {
    count(state, { name: "bugs" });
    tell(state, { event: "bug", level: "error", call, detail: `the ledger had a call of ${payer} that has ended` });
    watch(state, now, payer);
  }
  ledger.prune(now, (payer) => state.settings.policy.use.rulesOf(payer).zone);
}
