/**
 * A request other than INVITE that crosses a call and may carry SDP: UPDATE (RFC 3311) and PRACK (RFC 3262). An offer in
 * it passes the media relay like one in a re-INVITE, and is undone when the far side refuses it.
 */
import type { OutRequest, Response, SessionGrant } from "@ringfence/sip";
import { type Answer, respond } from "../egress.ts";
import type { InDialogStep, Relay } from "../local/relay.ts";
import type { LegName } from "../media-port.ts";
import { type Served, servedOf } from "../served.ts";
import type { EdgeState } from "../state.ts";
import type { Call, Leg } from "./call.ts";
import { legOf } from "./call-table.ts";
import { answerMedia, offerMedia, rollbackMedia } from "./described.ts";
import { glareHeaders } from "./headers.ts";
import { addCredentials } from "./in-dialog-credentials.ts";
import { retargetFrom } from "./refresh-target.ts";
import { sendOnLeg } from "./send-on-leg.ts";
import { beginGranted, grantHeaders, refreshing, sessionAnswered } from "./session.ts";
import { hangUp } from "./teardown.ts";

export interface Crossing extends Served {
  readonly from: LegName;
  /** The request of the other dialog, still without body. */
  readonly out: OutRequest;
  readonly sdp: "offer" | "answer" | "none";
  /** The request goes out in a dialog beside the call's, whose end is not the call's. */
  readonly aside?: boolean;
  /** Of an UPDATE: what its 2xx grants (RFC 4028 §9). */
  readonly session?: SessionGrant | undefined;
}

/** Whose offer has no answer yet; undefined when either side may make one (RFC 3264 §4, RFC 3311 §5.1). */
function pendingOffer(call: Call): LegName | undefined {
  if (call.offering !== undefined) return call.offering;
  const { exchange } = call;
  if (exchange === undefined || exchange.phase === "done" || exchange.settled !== undefined) return undefined;
  if (exchange.lateOffer) return exchange.from === "a" ? "b" : "a";
  return exchange.phase === "answered" ? undefined : exchange.from;
}

/** RFC 3311 §5.2: two offers of one side get 500, one from each side 491. True when the request was answered so. */
export function refusedForGlare(state: EdgeState, now: number, call: Call, leg: Leg, served: Served): boolean {
  const pending = pendingOffer(call);
  if (pending === undefined) return false;
  const own = pending === leg.name && !refreshing(call);
  const headers = own ? glareHeaders(state) : [];
  respond(state, now, served, { status: own ? 500 : 491, headers });
  return true;
}

export function cross(state: EdgeState, now: number, call: Call, crossing: Crossing): void {
  const { from, request, sdp } = crossing;
  if (sdp === "none") return sendCrossing(state, now, call, crossing);
  call.step = { kind: "crossing", crossing };
  if (sdp === "answer") return answerMedia(state, call, from, request.body);
  call.offering = from;
  offerMedia(state, call, from, request.body);
}

/** With the SDP the media relay wrote, if there is any. */
export function sendCrossing(state: EdgeState, now: number, call: Call, crossing: Crossing, sdp?: Uint8Array): void {
  const { from, request, out, session } = crossing;
  if (sdp !== undefined) out.headers.set("Content-Type", "application/sdp");
  const far = legOf(call, from === "a" ? "b" : "a");
  addCredentials(state, now, out, request, legOf(call, from), far);
  const sent = sendOnLeg(state, now, call, far, { ...out, body: sdp ?? out.body });
  const offer = crossing.sdp === "offer";
  if (sent === undefined) {
    if (offer) undoOffer(state, call);
    return respond(state, now, crossing, { status: 503 });
  }
  state.relays.add(now, sent, {
    ...servedOf(crossing, crossing),
    step: { kind: "in-dialog", call: call.id, from, offer, session, aside: crossing.aside },
  });
}

/** The media relay did not take the SDP. An offer is refused; without its answer the session cannot go on. */
export function refuseCrossing(state: EdgeState, now: number, call: Call, crossing: Crossing, answer: Answer): void {
  respond(state, now, crossing, answer);
  if (crossing.sdp === "offer") call.offering = undefined;
  else hangUp(state, now, call, "media-failed", answer.status);
}

/** The far side's final answer to an offer that crossed; false when there is nothing for the media relay in it. */
export function answeredOffer(
  state: EdgeState,
  now: number,
  call: Call,
  relay: Relay,
  step: InDialogStep,
  response: Response,
): boolean {
  const far = legOf(call, step.from === "a" ? "b" : "a");
  if (response.status < 300 && response.cseq.method === "UPDATE") {
    retargetFrom(far, response);
    if (call.state === "up") sessionAnswered(state, now, call, far, response);
  }
  if (!step.offer) return false;
  if (response.status >= 300 || response.body.length === 0) {
    undoOffer(state, call);
    return false;
  }
  call.step = { kind: "crossing-answer", relay };
  answerMedia(state, call, far.name, response.body);
  return true;
}

export function finishCrossing(state: EdgeState, now: number, call: Call, relay: Relay, sdp: Uint8Array): void {
  call.offering = undefined;
  if (relay.step.kind !== "in-dialog") return;
  const near = legOf(call, relay.step.from);
  const { session } = relay.step;
  const headers = [["Contact", near.contact], ...grantHeaders(session)] as const;
  if (relay.request.method === "UPDATE" && call.state === "up") beginGranted(state, now, call, near, session);
  respond(state, now, relay, { status: 200, headers, body: sdp });
}

export function undoOffer(state: EdgeState, call: Call): void {
  if (call.offering === undefined) return;
  call.offering = undefined;
  rollbackMedia(state, call);
}
