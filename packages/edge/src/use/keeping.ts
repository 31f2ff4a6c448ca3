/** What of the ledger outlives the process, and the ledger held against the calls that there are. */
import { readSuspension, readUseRecord } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import { count, type EdgeState, tell } from "../state.ts";
import { watch } from "./charge.ts";
import { expireSuspensions } from "./suspension.ts";

/** By key: `account 1001`, `trunk telnyx` have used, `suspended 1001` may not call. Undefined: nothing of it counts any more. */
export type KeptUse = readonly [key: string, record: unknown];

/** Where use outlives the process. */
export interface UseKeeper {
  readonly restored: readonly KeptUse[];
  /** Wall clock: until when the process before this one is known to have lived. */
  readonly aliveAt: number;
  keep(key: string, record: unknown): void;
  /** False while what is kept is not written: then limits of a day and an hour refuse. */
  readonly working: boolean;
}

const SUSPENDED = "suspended ";

/** What cannot be read is left out: half a record is none. */
export function restoreUse(state: EdgeState, now: Millis, { restored, aliveAt }: UseKeeper): void {
  const { ledger, suspensions } = state.use;
  for (const [key, value] of restored) {
    const use = readUseRecord(value);
    const suspension = readSuspension(value);
    if (key.startsWith(SUSPENDED)) {
      if (suspension !== undefined) suspensions.suspend(key.slice(SUSPENDED.length), suspension);
    } else if (use !== undefined) ledger.restore(key, use, now, aliveAt);
  }
}

export function takeUse(state: EdgeState, now: Millis, working: boolean): readonly KeptUse[] {
  const { ledger, suspensions } = state.use;
  ledger.storeGone = !working;
  return [
    ...ledger.takeChanges(now),
    ...suspensions.takeChanges().map(([account, entry]) => [SUSPENDED + account, entry] as const),
  ];
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
  expireSuspensions(state, now);
  ledger.prune(now, (payer) => state.settings.policy.use.rulesOf(payer).zone);
}
