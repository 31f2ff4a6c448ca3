/** RFC 5626 §4.2: a phone unregisters one of its flows. */
import type { WantedContact } from "../local/relay.ts";
import type { EdgeState } from "../state.ts";
import { moveBinding, removeBinding } from "./holding.ts";
import { withoutFlows } from "./outbound.ts";

/** The others may have gone while the PBX was asked. */
export function endFlow(state: EdgeState, now: number, { token, regId }: WantedContact): void {
  const binding = state.bindings.get(token);
  if (binding === undefined) return;
  const left = withoutFlows(binding, now, (flow) => flow.regId === regId);
  if (left === undefined) removeBinding(state, now, token, "removed");
  else moveBinding(state, left);
}
