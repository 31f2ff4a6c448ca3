/** Calls that end because a limit of the day does; in shadow it is said once of each. */
import type { CutReason, Payer } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { Call } from "../call/call.ts";
import { hangUp } from "../call/teardown.ts";
import { lookOn } from "../shadow.ts";
import type { EdgeState } from "../state.ts";
import { nextCut, watch } from "./charge.ts";

export function onUseTimer(state: EdgeState, now: Millis, payer: Payer): void {
  state.use.timers.delete(payer);
  const cut = nextCut(state, now, payer);
  if (cut === undefined || cut.at > now) return watch(state, now, payer);
  const { inShadow } = state.settings.policy.use.rulesOf(payer);
  for (const id of cut.calls) {
    const call = state.calls.get(id);
    if (call === undefined) continue;
    if (inShadow) lookOnCall(state, now, call, cut.reason);
    else hangUp(state, now, call, cut.reason, 403);
  }
}

function lookOnCall(state: EdgeState, now: Millis, call: Call, reason: CutReason): void {
  if (call.overInShadow) return;
  call.overInShadow = true;
  lookOn(state, now, call.a.flow, { rule: "use", reason, method: "INVITE", account: call.a.account });
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
