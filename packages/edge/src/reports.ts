/** What the media relay, the fetcher of certificates and the fraud service report, given to the calls it is about. */
import type { Millis } from "@ringfence/sip";
import { sendKeyPress } from "./call/key-press.ts";
import { onMediaResult } from "./call/media-result.ts";
import { hangUp } from "./call/teardown.ts";
import { onServiceAnswer, onServiceSilent } from "./fraud/service.ts";
import type { MediaEvent } from "./media-port.ts";
import type { Input } from "./ports.ts";
import type { EdgeState } from "./state.ts";
import type { CredentialAnswer } from "./stir/credential-place.ts";
import { onCredential, onCredentialTimer } from "./stir/fetched.ts";
import { catchUp } from "./transaction-user.ts";

export function mediaResult(
  state: EdgeState,
  now: Millis,
  { call: id, turn, result }: Extract<Input, { readonly kind: "media-result" }>,
): void {
  const call = state.calls.get(id);
  // The call may have ended while the relay worked, or taken its offer back; the relay was told.
  if (call?.step === undefined || call.turn !== turn) return;
  onMediaResult(state, now, call, result);
  catchUp(state, now, call);
}

export function mediaEvent(state: EdgeState, now: Millis, event: MediaEvent): void {
  const call = state.calls.get(event.call);
  if (call === undefined) return;
  // Silence before the answer is a phone that rings: the no-answer timer is for that.
  if (event.kind === "inactive" && call.state === "setup") return;
  if (event.kind === "pressed") sendKeyPress(state, now, call, event);
  else if (event.kind === "inactive") hangUp(state, now, call, "no-media", 408);
  else hangUp(state, now, call, "media-failed", 503);
}

export function credentialResult(state: EdgeState, now: Millis, url: string, answer: CredentialAnswer): void {
  for (const call of onCredential(state, now, url, answer)) catchUp(state, now, call);
}

export function credentialTimer(state: EdgeState, now: Millis, url: string): void {
  for (const call of onCredentialTimer(state, now, url)) catchUp(state, now, call);
}

export function fraudAnswer(state: EdgeState, now: Millis, id: string, text: string | undefined): void {
  const call = onServiceAnswer(state, now, id, text);
  if (call !== undefined) catchUp(state, now, call);
}

export function fraudTimer(state: EdgeState, now: Millis, id: string): void {
  const call = onServiceSilent(state, now, id);
  if (call !== undefined) catchUp(state, now, call);
}

/** A transaction of it met a bug. */
export function endCallOf(state: EdgeState, now: Millis, transaction: number): void {
  const call = state.calls.byTransaction(transaction);
  if (call !== undefined) hangUp(state, now, call, "bug", 500);
}
