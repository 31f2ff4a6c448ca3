/** How much there is of what the core remembers, now. */
import type { EdgeState } from "./state.ts";

export interface CoreCounts {
  readonly registrations: number;
  readonly calls: number;
  readonly subscriptions: number;
  readonly transactions: { readonly server: number; readonly client: number };
  readonly timers: number;
  readonly inFlight: number;
  /** Calls that somebody pays for, as the ledger has them. */
  readonly paidCalls: number;
  readonly pbxReachable: boolean | undefined;
  readonly draining: boolean;
}

export function coreCounts({
  bindings,
  calls,
  subscriptions,
  transactions,
  deadlines,
  use,
  ...rest
}: EdgeState): CoreCounts {
  return {
    registrations: bindings.size,
    calls: calls.size,
    subscriptions: subscriptions.size,
    transactions: transactions.counts,
    timers: deadlines.size,
    inFlight: calls.inFlight,
    paidCalls: use.ledger.openCalls,
    pbxReachable: rest.pbx.reachable,
    draining: rest.draining,
  };
}
