/** Calls that end because a limit of the day does. */
import type { Payer } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import { hangUp } from "../call/teardown.ts";
import type { EdgeState } from "../state.ts";
import { nextCut, watch } from "./charge.ts";

export function onUseTimer(state: EdgeState, now: Millis, payer: Payer): void {
  state.use.timers.delete(payer);
  const cut = nextCut(state, now, payer);
  if (cut === undefined || cut.at > now) return watch(state, now, payer);
  for (const id of cut.calls) {
    const call = state.calls.get(id);
    if (call !== undefined) hangUp(state, now, call, cut.reason, 403);
  }
}

/** A reload may have changed what every payer may use. */
export function watchAll(state: EdgeState, now: Millis): void {
  const payers = new Set<Payer>();
  for (const { id } of state.calls) {
    const payer = state.use.ledger.payerOf(id);
    if (payer !== undefined) payers.add(payer);
  }
  for (const payer of payers) watch(state, now, payer);
}
