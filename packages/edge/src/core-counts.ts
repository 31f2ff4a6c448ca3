/** How much of everything there is, for `status` and metrics. */
import type { EdgeState } from "./state.ts";

export interface CoreCounts {
  readonly registrations: number;
  readonly calls: number;
  readonly subscriptions: number;
  readonly transactions: { readonly server: number; readonly client: number };
  readonly timers: number;
  readonly inFlight: number;
  readonly pbxReachable: boolean | undefined;
  readonly draining: boolean;
}

export function coreCounts(state: EdgeState): CoreCounts {
  const { bindings, calls, subscriptions, transactions, deadlines, pbx, draining } = state;
  return {
    registrations: bindings.size,
    calls: calls.size,
    subscriptions: subscriptions.size,
    transactions: transactions.counts,
    timers: deadlines.size,
    inFlight: calls.inFlight,
    pbxReachable: pbx.reachable,
    draining,
  };
}
