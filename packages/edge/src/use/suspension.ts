/** Accounts that may not call: their calls end on both legs, but for emergency calls. */
import type { SuspensionReason } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import { hangUp } from "../call/teardown.ts";
import type { Input } from "../ports.ts";
import { count, type EdgeState, tell } from "../state.ts";

/** @param forMs undefined: until it is lifted */
export function suspend(
  state: EdgeState,
  now: Millis,
  account: string,
  reason: SuspensionReason,
  forMs: Millis | undefined,
): void {
  const since = now + state.use.ledger.wallOffset;
  const until = forMs === undefined ? undefined : since + forMs;
  if (!state.use.suspensions.suspend(account, { since, until, reason })) return;
  count(state, { name: "suspensions", reason });
  const detail = until === undefined ? "until it is lifted" : `for ${Math.round((until - since) / 1_000)} s`;
  tell(state, { event: "fraud", level: "warn", account, reason: "suspended", detail: `${reason}, ${detail}` });
  for (const call of state.calls.withAccount(account)) {
    if (!call.emergency) hangUp(state, now, call, "suspended", 403);
  }
}

/** Who lifts it says that what was found is right for the account. */
export function resume(state: EdgeState, account: string, by: "command" | "fraud-service"): void {
  if (!state.use.suspensions.resume(account)) return;
  state.use.watch.settle(account, "accept");
  tell(state, { event: "fraud", level: "info", account, reason: "resumed", detail: `lifted by ${by}` });
}

/** What a person said. */
export function onSuspensionOrder(
  state: EdgeState,
  now: Millis,
  order: Extract<Input, { readonly kind: "suspend" | "resume" }>,
): void {
  if (order.kind === "suspend") suspend(state, now, order.account, "command", order.forMs);
  else resume(state, order.account, "command");
}

/** Those whose time is over. */
export function expireSuspensions(state: EdgeState, now: Millis): void {
  for (const account of state.use.suspensions.expire(now + state.use.ledger.wallOffset)) {
    tell(state, { event: "fraud", level: "info", account, reason: "resumed", detail: "its time is over" });
  }
}
