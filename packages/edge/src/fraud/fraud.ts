/** An account's calls look like fraud: said, counted, and as the configuration says it, ended. */
import type { FraudAction, SuspensionReason } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { Call } from "../call/call.ts";
import { count, type EdgeState, tell } from "../state.ts";
import { suspend } from "../use/suspension.ts";

export type FraudReason = Exclude<SuspensionReason, "command">;

/** Waits for the end of what is being done: a call that ends is not ended a second time. */
export interface Suspicion {
  readonly account: string;
  readonly reason: FraudReason;
  readonly action: FraudAction;
  /** In which it was found. */
  readonly call?: Call | undefined;
}

/** Carries out what follows from each. */
export function judgeSuspicions(state: EdgeState, now: Millis): void {
  const { suspicions } = state.use;
  for (let next = suspicions.shift(); next !== undefined; next = suspicions.shift()) follow(state, now, next);
}

function follow(state: EdgeState, now: Millis, { account, reason, action, call }: Suspicion): void {
  count(state, { name: "frauds", reason, action });
  const { forMs } = state.settings.config.policy.onFraud;
  tell(state, { event: "fraud", level: "warn", account, reason, call: call?.id, to: call?.b.user, detail: action });
  if (action === "suspend") suspend(state, now, account, reason, forMs);
  else state.use.watch.settle(account, "said");
}
