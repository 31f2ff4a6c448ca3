/** Timers of a call, all in the one deadline heap. */
import type { EdgeState } from "../state.ts";
import { repeatAnswer } from "./answer.ts";
import type { Call } from "./call.ts";
import { failOver } from "./failover.ts";
import { onLostFlowsTimer } from "./lost-party.ts";
import { repeatReliable } from "./reliable.ts";
import { onSessionTimer } from "./session-refresh.ts";
import { hangUp } from "./teardown.ts";

/**
 * RFC 3261 §16.6 step 11, timer C: more than three minutes after the last provisional. Five, because a PBX need not
 * repeat its 180 every minute, and a hunt group may ring long.
 */
const NO_ANSWER = 300_000;

export function armNoAnswer(state: EdgeState, now: number, call: Call): void {
  if (call.noAnswer !== undefined) state.deadlines.disarm(call.noAnswer);
  call.noAnswer = state.deadlines.arm(now + NO_ANSWER, { owner: "call", call: call.id, timer: "no-answer" });
}

export function onCallTimer(state: EdgeState, now: number, id: string, timer: string): void {
  if (timer === "lost-flows") return onLostFlowsTimer(state, now);
  const call = state.calls.get(id);
  if (call === undefined) return;
  if (timer === "answer-retransmit") repeatAnswer(state, now, call);
  else if (timer === "provisional-retransmit") repeatReliable(state, now, call);
  else if (timer === "attempt") failOver(state, now, call, "silent");
  else if (timer === "session-a") onSessionTimer(state, now, call, call.a);
  else if (timer === "session-b") onSessionTimer(state, now, call, call.b);
  else if (timer === "no-answer") hangUp(state, now, call, "no-answer", 408);
  else hangUp(state, now, call, "max-duration", 408);
}
