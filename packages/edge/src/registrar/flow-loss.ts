/** What becomes of registrations when a connection ends. */
import { rememberLostFlow } from "../call/lost-party.ts";
import type { EdgeState } from "../state.ts";
import { moveBinding, removeBinding } from "./holding.ts";
import { withoutFlows } from "./outbound.ts";

/** A flow is gone: the phone is reached over its newest other one, or not at all (RFC 5626 §5.3). */
export function loseFlow(state: EdgeState, now: number, flowId: string): void {
  rememberLostFlow(state, now, flowId);
  for (const binding of state.bindings.onFlow(flowId)) {
    const left = withoutFlows(binding, now, ({ flow }) => flow.id === flowId);
    if (left === undefined) removeBinding(state, now, binding.token, "flow-lost");
    else moveBinding(state, left);
  }
}
