/** What becomes of registrations when a connection ends. */
import { rememberLostFlow } from "../call/lost-party.ts";
import type { EdgeState } from "../state.ts";
import { removeBinding } from "./holding.ts";

/** A flow is gone: the phone is reached over its newest other one, or not at all (§5.3). */
export function loseFlow(state: EdgeState, now: number, flowId: string): void {
  rememberLostFlow(state, now, flowId);
  for (const binding of state.bindings.onFlow(flowId)) {
    const left = binding.others.filter((other) => other.flow.id !== flowId && other.expiresAt > now);
    if (binding.flow.id !== flowId) {
      state.bindings.replace({ ...binding, others: left });
      continue;
    }
    const next = left.at(-1);
    if (next === undefined) removeBinding(state, now, binding.token, "flow-lost");
    else state.bindings.replace({ ...binding, ...next, others: left.slice(0, -1) });
  }
}
