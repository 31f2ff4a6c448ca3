/** The flow of an INVITE broke before an answer: the phone may be reached over another (RFC 5626 §5.3). */
import type { EdgeState } from "../state.ts";
import type { Call, Exchange, Leg } from "./call.ts";
import { legFlow } from "./leg-flow.ts";
import { sendInvite } from "./send-invite.ts";

/** True when the INVITE went out again. Bounded by the flows of a phone: each loss takes one away. */
export function retryOnOtherFlow(state: EdgeState, now: number, call: Call, exchange: Exchange, far: Leg): boolean {
  const next = legFlow(state, far);
  if (!exchange.initial || exchange.sent === undefined || next.id === far.flow.id) return false;
  far.flow = next;
  // An early dialog lived on the broken flow.
  far.dialog = undefined;
  sendInvite(state, now, call, exchange.sent);
  return true;
}
