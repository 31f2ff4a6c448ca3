/** What calls are told from outside: results and events of the media relay, and faults. */
import type { Millis } from "@ringfence/sip";
import { onMediaResult } from "./call/media-result.ts";
import { hangUp } from "./call/teardown.ts";
import type { MediaEvent, MediaResult } from "./media-port.ts";
import type { EdgeState } from "./state.ts";
import { toCall } from "./transaction-user.ts";

export function mediaResult(state: EdgeState, now: Millis, id: string, result: MediaResult): void {
  const call = state.calls.get(id);
  // The call may have ended while the relay worked; it was told to close.
  if (call?.step === undefined) return;
  onMediaResult(state, now, call, result);
  while (call.step === undefined && call.deferred.length > 0) {
    const next = call.deferred.shift();
    if (next !== undefined) toCall(state, now, call, next);
  }
}

export function mediaEvent(state: EdgeState, now: Millis, event: MediaEvent): void {
  const call = state.calls.get(event.call);
  if (call === undefined) return;
  // Silence before the answer is a phone that rings: the no-answer timer is for that.
  if (event.kind === "inactive" && call.state === "setup") return;
  if (event.kind === "inactive") hangUp(state, now, call, "no-media", 408);
  else hangUp(state, now, call, "media-failed", 503);
}

/** Its transaction met a bug. */
export function endCallOf(state: EdgeState, now: Millis, transaction: number): void {
  const call = state.calls.byTransaction(transaction);
  if (call !== undefined) hangUp(state, now, call, "bug", 500);
}
