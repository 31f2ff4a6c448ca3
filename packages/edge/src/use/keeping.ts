/** What of the ledger outlives the process, and the ledger held against the calls that there are. */
import { readHistoryRecord, readSuspension, readUseRecord } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import { pruneWatch } from "../fraud/watch.ts";
import { count, type EdgeState, tell } from "../state.ts";
import { watch } from "./charge.ts";
import { expireSuspensions } from "./suspension.ts";

/** By key: `account 1001`, `trunk telnyx` have used, `suspended 1001` may not call, `history 1001` is what its calls were like, `watching` since when. Undefined: nothing of it counts any more. */
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
const HISTORY = "history ";
const WATCHING = "watching";

/** What cannot be read is left out: half a record is none. */
export function restoreUse(state: EdgeState, now: Millis, { restored, aliveAt }: UseKeeper): void {
  const { ledger, suspensions, watch: watched } = state.use;
  for (const [key, value] of restored) {
    if (key.startsWith(SUSPENDED)) {
      const suspension = readSuspension(value);
      if (suspension !== undefined) suspensions.suspend(key.slice(SUSPENDED.length), suspension);
    } else if (key.startsWith(HISTORY)) {
      const history = readHistoryRecord(value);
      if (history !== undefined) watched.restore(key.slice(HISTORY.length), history);
    } else if (key === WATCHING) {
      if (typeof value === "number" && value > 0) watched.since = value;
    } else {
      const use = readUseRecord(value);
      if (use !== undefined) ledger.restore(key, use, now, aliveAt);
    }
  }
}

export function takeUse(state: EdgeState, now: Millis, working: boolean): readonly KeptUse[] {
  const { ledger, suspensions, watch: watched } = state.use;
  ledger.storeGone = !working;
  const histories = watched.takeChanges();
  return [
    ...(histories.length === 0 ? [] : [[WATCHING, watched.since] as const]),
    ...histories.map(([account, record]) => [HISTORY + account, record] as const),
    ...ledger.takeChanges(now),
    ...suspensions.takeChanges().map(([account, entry]) => [SUSPENDED + account, entry] as const),
  ];
}

/** What has changed since the last time goes to who keeps it. */
export function handOver(
  core: { takeUse(now: Millis, working: boolean): readonly KeptUse[] },
  now: Millis,
  keeper: UseKeeper | undefined,
): void {
  for (const [key, record] of core.takeUse(now, keeper?.working ?? true)) keeper?.keep(key, record);
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
  pruneWatch(state, now);
  ledger.prune(now, (payer) => state.settings.policy.use.rulesOf(payer).zone);
}
