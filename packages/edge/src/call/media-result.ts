/** What the media relay said to the SDP of the step the call waits for. */
import { Bug } from "@ringfence/sip";
import { respond } from "../egress.ts";
import type { MediaResult } from "../media-port.ts";
import type { EdgeState } from "../state.ts";
import { acknowledge } from "./acknowledge.ts";
import { beginAnswer } from "./answer.ts";
import type { Call, MediaStep } from "./call.ts";
import { finishCrossing, refuseCrossing, sendCrossing } from "./crossing.ts";
import { noteDescribed } from "./described.ts";
import { relayProvisional } from "./provisional.ts";
import { refreshAgreed, refreshImpossible, sendRefreshInvite } from "./refresh-invite.ts";
import { exchangeOf, sendInvite } from "./send-invite.ts";
import { endCall, hangUp } from "./teardown.ts";

export function onMediaResult(state: EdgeState, now: number, call: Call, result: MediaResult): void {
  const { step } = call;
  if (step === undefined) throw new Bug("a media result nobody asked for");
  call.step = undefined;
  if (result.ok) call.press = result.press ?? call.press;
  if (result.ok && step.kind !== "refresh-answer") noteDescribed(call, result.sdp);
  if (result.ok) proceed(state, now, call, step, result.sdp);
  else refuse(state, now, call, step, result.status, result.text);
}

function proceed(state: EdgeState, now: number, call: Call, step: MediaStep, sdp: Uint8Array): void {
  if (step.kind === "crossing") return sendCrossing(state, now, call, step.crossing, sdp);
  if (step.kind === "crossing-answer") return finishCrossing(state, now, call, step.relay, sdp);
  if (step.kind === "refresh") return sendRefreshInvite(state, now, call, step.leg, sdp);
  if (step.kind === "refresh-answer") return refreshAgreed(call, step.leg);
  const exchange = exchangeOf(call);
  const far = exchange.from === "a" ? call.b : call.a;
  switch (step.kind) {
    case "invite":
      if (exchange.sent === undefined) throw new Bug("an offer without the INVITE it is for");
      return sendInvite(state, now, call, exchange.sent, sdp);
    case "provisional":
      return relayProvisional(state, now, call, step.response, sdp);
    case "answer":
      return beginAnswer(state, now, call, sdp);
    case "ack":
      return acknowledge(state, exchange, far, sdp);
  }
}

function refuse(state: EdgeState, now: number, call: Call, step: MediaStep, status: number, phrase: string): void {
  if (step.kind === "crossing") return refuseCrossing(state, now, call, step.crossing, status, phrase);
  if (step.kind === "refresh") return refreshImpossible(state, now, call, step.leg);
  if (step.kind === "crossing-answer")
    respond(state, now, step.relay.serverTx, step.relay.request, step.relay.flow, { status });
  if (step.kind !== "invite") return hangUp(state, now, call, "media-failed", status);
  const exchange = exchangeOf(call);
  const near = exchange.from === "a" ? call.a : call.b;
  exchange.phase = "done";
  const answer = { status, phrase, toTag: near.localTag };
  respond(state, now, exchange.serverTx, exchange.request, near.flow, answer);
  if (exchange.initial) endCall(state, now, call, "media-failed", "ringfence", status);
  else call.exchange = undefined;
}
