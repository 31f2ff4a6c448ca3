/**
 * A phone whose connection broke in a call may come back with a REGISTER and go on (RFC 5626 §5.3). One that does not, such
 * as a browser page that was closed, says no BYE, and a far side that goes on sending media would hold the call for ever.
 */
import type { Deadline, Millis } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import type { Leg } from "./call.ts";
import { legFlow } from "./leg-flow.ts";
import { hangUp } from "./teardown.ts";

/** A phone hears of the loss at its next keep-alive, after our Flow-Timer of 120 s, and tries again within 30 s (§4.5). */
const BACK_WITHIN = 150_000;
/** One look at all calls serves all the connections that broke within this. */
const TOGETHER = 5_000;

/** To be told before the registrations of the flow are gone. */
export function rememberLostFlow(state: EdgeState, now: Millis, flowId: string): void {
  if (state.calls.size === 0 || state.bindings.onFlow(flowId).length === 0) return;
  const { lostFlows } = state.calls;
  lostFlows.at.set(flowId, now);
  lostFlows.timer ??= arm(state, now + BACK_WITHIN);
}

/** Hangs up the calls whose phone has not come back. */
export function onLostFlowsTimer(state: EdgeState, now: Millis): void {
  const { lostFlows } = state.calls;
  const overdue = new Set<string>();
  for (let one = lostFlows.at.oldest; one !== undefined && now - one[1] >= BACK_WITHIN; one = lostFlows.at.oldest) {
    overdue.add(one[0]);
    lostFlows.at.delete(one[0]);
  }
  for (const call of [...state.calls]) {
    // Whoever called for help may still be heard, whatever became of the signalling.
    if (!call.emergency && (isGone(state, call.a, overdue) || isGone(state, call.b, overdue))) {
      hangUp(state, now, call, "peer-lost", 480);
    }
  }
  const { oldest } = lostFlows.at;
  lostFlows.timer = oldest && arm(state, Math.max(oldest[1] + BACK_WITHIN, now + TOGETHER));
}

/** A timer of no single call. */
function arm(state: EdgeState, at: Millis): Deadline {
  return state.deadlines.arm(at, { owner: "call", call: "", timer: "lost-flows" });
}

function isGone(state: EdgeState, leg: Leg, overdue: ReadonlySet<string>): boolean {
  return leg.flow.side === "phone" && leg.flow.reliable && overdue.has(legFlow(state, leg).id);
}
