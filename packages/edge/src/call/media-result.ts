/** What the media relay said to the SDP of the step the call waits for. */
import { Bug, type Request } from "@ringfence/sip";
import type { NotedRefusal } from "../decisions/decision.ts";
import { respond } from "../egress.ts";
import type { MediaResult } from "../media-port.ts";
import { askedBy, noteRefusal } from "../refusal.ts";
import { servedOf } from "../served.ts";
import type { EdgeState } from "../state.ts";
import { acknowledge } from "./acknowledge.ts";
import { beginAnswer } from "./answer.ts";
import type { Call, Leg, MediaStep } from "./call.ts";
import { legOf } from "./call-table.ts";
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
  else refuse(state, now, call, step, result);
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

type Failed = Extract<MediaResult, { readonly ok: false }>;

function refuse(state: EdgeState, now: number, call: Call, step: MediaStep, result: Failed): void {
  if (step.kind === "refresh") return refreshImpossible(state, now, call, step.leg);
  const { status, text: phrase } = result;
  const noted = noteMedia(state, now, call, step, result);
  if (step.kind === "crossing") return refuseCrossing(state, now, call, step.crossing, { status, phrase, ...noted });
  if (step.kind === "crossing-answer") respond(state, now, step.relay, { status });
  if (step.kind !== "invite") return hangUp(state, now, call, "media-failed", status);
  const exchange = exchangeOf(call);
  const near = exchange.from === "a" ? call.a : call.b;
  exchange.phase = "done";
  const answer = { status, phrase, toTag: near.localTag, ...noted };
  respond(state, now, servedOf(exchange, near), answer);
  if (exchange.initial) endCall(state, now, call, "media-failed", "ringfence", status);
  else call.exchange = undefined;
}

/** The party whose description was not taken; a call that ends for it ends by this decision. */
function noteMedia(state: EdgeState, now: number, call: Call, step: MediaStep, result: Failed): NotedRefusal {
  const { status, reason, text: detail } = result;
  const { request, leg } = refusedStep(call, step);
  const noted = noteRefusal(state, now, leg.flow, askedBy(request), {
    by: "media",
    reason,
    status,
    detail,
    call: call.id,
    account: leg.account,
  });
  call.decision = noted.decision;
  return noted;
}

function refusedStep(call: Call, step: MediaStep): { readonly request: Request; readonly leg: Leg } {
  const exchange = exchangeOf(call);
  if (step.kind === "crossing") return { request: step.crossing.request, leg: legOf(call, step.crossing.from) };
  const from = step.kind === "invite" || step.kind === "ack" ? exchange.from : exchange.from === "a" ? "b" : "a";
  return { request: exchange.request, leg: legOf(call, from) };
}
