/** Requests inside a call, once tags and flow have shown that they belong to it. */
import { acceptInDialog, requestInDialog } from "@ringfence/sip";
import { respond } from "../egress.ts";
import type { Served } from "../served.ts";
import type { EdgeState } from "../state.ts";
import { beginAnswer } from "./answer.ts";
import { type Call, type Leg, newExchange } from "./call.ts";
import { answerOfRepeated, offerMedia } from "./described.ts";
import { allowHeader, glareHeaders, reasonHeaders } from "./headers.ts";
import { addCredentials } from "./in-dialog-credentials.ts";
import { noteMethods } from "./peer-methods.ts";
import { onPrack } from "./prack.ts";
import { turnToFork } from "./provisional.ts";
import { onRefer, onReferNotify } from "./refer.ts";
import { refreshTarget } from "./refresh-target.ts";
import { relayInDialog } from "./relay-request.ts";
import { sendInvite } from "./send-invite.ts";
import { askHeaders, judgeSession, refreshing } from "./session.ts";
import { endCall, releaseExchange, sendBye } from "./teardown.ts";
import { onUpdate } from "./update.ts";

export function onInDialog(state: EdgeState, now: number, call: Call, leg: Leg, served: Served): void {
  const { request } = served;
  turnToFork(call, leg, request.from.tag);
  const verdict = leg.dialog === undefined ? undefined : acceptInDialog(leg.dialog, request);
  if (verdict === undefined) return respond(state, now, served, { status: 481 });
  // RFC 3261 §12.2.2: a lower sequence number is an old request or a forged one.
  if (verdict.kind === "stale") return respond(state, now, served, { status: 500, phrase: "CSeq out of order" });
  leg.dialog = verdict.dialog;
  switch (request.method) {
    case "BYE":
      return onBye(state, now, call, leg, served);
    case "INVITE":
      return onReinvite(state, now, call, leg, served);
    case "UPDATE":
      return onUpdate(state, now, call, leg, served);
    case "PRACK":
      return onPrack(state, now, call, leg, served);
    case "REFER":
      return onRefer(state, now, call, leg, served);
    case "NOTIFY":
      return onReferNotify(state, now, call, leg, served);
    case "SUBSCRIBE":
      // RFC 6665 §4.5.2: a subscription of its own needs a dialog of its own; only that of a REFER lives in a call.
      return respond(state, now, served, { status: 489 });
    default:
      return relayInDialog(state, now, call, leg, served);
  }
}

function onBye(state: EdgeState, now: number, call: Call, leg: Leg, served: Served): void {
  const { request } = served;
  respond(state, now, served, { status: 200 });
  const reason = reasonHeaders(request.headers.all("Reason"));
  // RFC 3261 §15.1.2: the INVITE that is still open ends with 487.
  releaseExchange(state, now, call, 487, reason);
  if (call.state === "up") sendBye(state, now, call, leg === call.a ? call.b : call.a, reason);
  endCall(state, now, call, "hangup", leg.name);
}

function onReinvite(state: EdgeState, now: number, call: Call, leg: Leg, served: Served): void {
  const { request, flow } = served;
  const far = leg === call.a ? call.b : call.a;
  const session = judgeSession(state.settings, leg, request, leg.timer.session);
  if (session !== undefined && "status" in session) return respond(state, now, served, session);
  const busy = call.offering !== undefined || (call.exchange !== undefined && call.exchange.phase !== "done");
  if (busy || call.state !== "up" || far.dialog === undefined) {
    // RFC 3261 §14.2: two from one side, or one from each.
    const own = (call.offering ?? call.exchange?.from) === leg.name && !refreshing(call);
    const headers = own ? glareHeaders(state) : [];
    return respond(state, now, served, { status: own ? 500 : 491, headers });
  }
  respond(state, now, served, { status: 100 });
  refreshTarget(leg, request, flow);
  noteMethods(leg, request);
  const exchange = newExchange(leg.name, false, served);
  exchange.session = session;
  call.exchange = exchange;
  state.calls.bindTransaction(served.serverTx, call);
  const repeated = answerOfRepeated(call, leg.name, request.body);
  if (repeated !== undefined) return beginAnswer(state, now, call, repeated);
  const { dialog, request: invite } = requestInDialog(far.dialog, "INVITE");
  far.dialog = dialog;
  invite.headers.set("Contact", far.contact).set("Allow", allowHeader(state.settings, far.flow));
  for (const [name, value] of askHeaders(state.settings, far)) invite.headers.add(name, value);
  addCredentials(state, now, invite, request, leg, far);
  if (exchange.lateOffer) return sendInvite(state, now, call, invite);
  exchange.sent = invite;
  call.step = { kind: "invite" };
  offerMedia(state, call, leg.name, request.body);
}
