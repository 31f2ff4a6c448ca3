/** Whether a registration or a call is on a flow: such a connection is worth more than a stranger's. */
import type { EdgeState } from "./state.ts";

/** For all flows, as it is now. */
export function flowKeeper({ calls, bindings }: EdgeState): (flowId: string) => boolean {
  const inCall = new Set<string>();
  for (const call of calls) inCall.add(call.a.flow.id).add(call.b.flow.id);
  return (flowId) => inCall.has(flowId) || bindings.onFlow(flowId).length > 0;
}

/** For one, when it matters at once. Who is not registered has no call but one for help. */
export function keepsFlow({ calls, bindings }: EdgeState, flowId: string): boolean {
  if (bindings.onFlow(flowId).length > 0) return true;
  if (calls.unregisteredEmergencies === 0) return false;
  for (const { a } of calls) if (a.flow.id === flowId) return true;
  return false;
}
