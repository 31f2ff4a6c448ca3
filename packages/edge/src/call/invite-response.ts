/** Answers to an INVITE we sent, on their way back to who called. */
import { confirmDialog, type Dialog, type OutRequest, type Response, uacDialog } from "@ringfence/sip";
import { respond, userOf } from "../egress.ts";
import { relayedChallenges } from "../registrar/credentials.ts";
import { notePbxAnswer } from "../registrar/guessing.ts";
import { servedOf } from "../served.ts";
import type { EdgeState } from "../state.ts";
import { hopKey } from "../trunk/locate.ts";
import { pbxSilent } from "../trunk/pbx-health.ts";
import { hostNews } from "../trunk/watch-host.ts";
import { acknowledge, repeatAck } from "./acknowledge.ts";
import { beginAnswer } from "./answer.ts";
import { disarmAttempt } from "./attempt.ts";
import { authorize } from "./authorize.ts";
import type { Call, Exchange, Leg } from "./call.ts";
import { logStarted } from "./call-log.ts";
import { answerMedia, offerMedia, rollbackMedia } from "./described.ts";
import { failOver } from "./failover.ts";
import { type HeaderPair, reasonHeaders, retryAfterHeaders } from "./headers.ts";
import { phoneDialog } from "./leg-flow.ts";
import { badExtension, lists } from "./option-tags.ts";
import { retryOnOtherFlow } from "./other-flow.ts";
import { answeredChallenge } from "./pbx-challenge.ts";
import { noteMethods } from "./peer-methods.ts";
import { onProvisional, turnToFork } from "./provisional.ts";
import { followRedirect, redirected, redirection } from "./redirect.ts";
import { sessionAnswered } from "./session.ts";
import { endCall, hangUp } from "./teardown.ts";
import { armNoAnswer } from "./timers.ts";
import { retryLonger } from "./too-small.ts";
import { hangUpFork } from "./unwanted.ts";

export function onInviteResponse(state: EdgeState, now: number, call: Call, id: number, response: Response): void {
  const exchange = call.exchange;
  if (exchange === undefined || exchange.clientTx !== id || exchange.sent === undefined) {
    return;
  }
  const far = exchange.from === "a" ? call.b : call.a;
  if (exchange.initial) heardFromHost(state, now, call, response);
  if (!isChallenge(response)) logStarted(state, call);
  if (response.status === 100) return;
  notePbxAnswer(state, now, (exchange.from === "a" ? call.a : call.b).flow, exchange.request, response);
  if (response.status < 300) credentialsAccepted(state, call, exchange);
  if (response.status >= 300) return onFailure(state, now, call, exchange, response);
  if (response.status >= 200) return onSuccess(state, now, call, exchange, far, response);
  onProvisional(state, now, call, exchange, far, response);
}

const isChallenge = ({ status }: Pick<Response, "status">): boolean => status === 401 || status === 407;

/** The PBX rings or answers, so it took the credentials of a phone's INVITE. */
function credentialsAccepted(state: EdgeState, call: Call, exchange: Exchange): void {
  const near = exchange.from === "a" ? call.a : call.b;
  if (near.flow.side === "phone") state.challenges.accepted(near.flow, userOf(exchange.request.from.uri) ?? "");
}

function onSuccess(state: EdgeState, now: number, call: Call, exchange: Exchange, far: Leg, response: Response): void {
  const { sent } = exchange;
  const tag = response.to.tag;
  if (sent === undefined || tag === undefined) return;
  if (exchange.winner === tag) {
    // RFC 3261 §13.2.2.4: each repetition of the 2xx gets the ACK again, once there is one.
    repeatAck(state, exchange, far);
    return;
  }
  if (exchange.winner !== undefined || exchange.phase !== "trying") {
    const { account } = far === call.a ? call.b : call.a;
    hangUpFork(state, now, { leg: far, account, sent }, response);
    return;
  }
  turnToFork(call, far, tag);
  const dialog = exchange.initial ? answered(far, sent, response) : refreshed(far, sent, response);
  if (dialog === undefined) return hangUp(state, now, call, "dialog-lost", 502);
  far.dialog = dialog;
  exchange.winner = tag;
  exchange.phase = "answering";
  noteMethods(far, response);
  sessionAnswered(state, now, call, far, response);
  // With our offer in the INVITE the ACK says nothing more: the callee need not wait for the caller's.
  const settled = exchange.settled !== undefined;
  if (!exchange.lateOffer || settled) acknowledge(state, exchange, far);
  // RFC 6337 §3.1.1: after a reliable answer SDP in the 2xx of the same fork says nothing; of another fork it counts,
  // unless the session is just being changed.
  const said = exchange.settled === tag || (settled && (exchange.lateOffer || call.offering !== undefined));
  if (response.body.length === 0 || said) return beginAnswer(state, now, call, undefined);
  call.step = { kind: "answer", response };
  const say = exchange.lateOffer ? offerMedia : answerMedia;
  say(state, call, far.name, response.body);
}

/** Sequence numbers go on from the early dialog (RFC 3261 §13.2.2.4). */
function answered(far: Leg, sent: OutRequest, response: Response): Dialog | undefined {
  const early = far.dialog;
  const next = early === undefined ? uacDialog(sent, response) : confirmDialog(early, sent, response);
  return phoneDialog(next, far.flow);
}

/** A 2xx to a re-INVITE may move the remote target (RFC 3261 §12.2.1.2); everything else of the dialog stays. */
function refreshed(far: Leg, sent: OutRequest, response: Response): Dialog | undefined {
  const next = uacDialog(sent, response);
  if (far.dialog === undefined || next === undefined) return undefined;
  return { ...far.dialog, remoteTarget: next.remoteTarget };
}

/** Any answer stops the wait for the next host; any but 503 shows that this one works. */
function heardFromHost(state: EdgeState, now: number, call: Call, response: Response): void {
  const { attempt } = call;
  if (attempt === undefined) return;
  disarmAttempt(state, call);
  // 100 and then nothing must end too: RFC 3261 §17.1.1.2 has no timer in Proceeding.
  if (response.status === 100) armNoAnswer(state, now, call);
  else if (response.status !== 503) hostNews(state, now, attempt.trunk, hopKey(attempt.hop), "worked");
}

function onFailure(state: EdgeState, now: number, call: Call, exchange: Exchange, response: Response): void {
  if (exchange.phase !== "trying" || call.state === "over") return;
  if (response.status === 503 && failOver(state, now, call, "refused")) return;
  if (authorize(state, now, call, exchange, response)) return;
  if (followRedirect(state, now, call, exchange, response)) return;
  const near = exchange.from === "a" ? call.a : call.b;
  const far = exchange.from === "a" ? call.b : call.a;
  if (answeredChallenge(state, now, call, exchange, near, far, response)) return;
  if (response.status === 422 && retryLonger(state, now, call, exchange, far, response)) return;
  exchange.phase = "done";
  const { status, headers } = failureFor(state, exchange, near, far, response);
  const answer = { status, toTag: near.localTag, headers };
  respond(state, now, servedOf(exchange, near), answer);
  if (exchange.initial) {
    const asked = isChallenge({ status }) ? "challenged" : "refused";
    endCall(state, now, call, status === 487 ? "cancelled" : asked, far.name, response.status);
    return;
  }
  rollbackMedia(state, call);
  call.exchange = undefined;
  // RFC 3261 §12.2.1.2: the far dialog is gone, so the call is.
  if (response.status === 481 || response.status === 408) hangUp(state, now, call, "dialog-lost", 481);
}

/** No final answer came: nobody there, or the way is broken. */
export function onInviteFailed(
  state: EdgeState,
  now: number,
  call: Call,
  id: number,
  why: "timeout" | "transport-error",
): void {
  const exchange = call.exchange;
  if (exchange?.clientTx !== id || exchange.phase !== "trying" || call.state === "over") return;
  if (failOver(state, now, call, why === "timeout" ? "silent" : "lost")) return;
  const near = exchange.from === "a" ? call.a : call.b;
  const far = exchange.from === "a" ? call.b : call.a;
  if (far.flow.endpoint.role === "core-phones" && call.ringingAt === undefined) pbxSilent(state, now);
  if (why === "transport-error" && retryOnOtherFlow(state, now, call, exchange, far)) return;
  const lost = far.flow.side === "phone" ? 480 : 503;
  const status = why === "timeout" ? (far.flow.side === "core" ? 504 : 408) : lost;
  exchange.phase = "done";
  respond(state, now, servedOf(exchange, near), { status, toTag: near.localTag });
  if (exchange.initial) endCall(state, now, call, "no-answer", "ringfence", status);
  // RFC 3261 §14.1: a re-INVITE without answer ends the dialog.
  else hangUp(state, now, call, "dialog-lost", status);
}

/**
 * Statuses that mean something between one peer and us only are translated: a challenge crosses from the PBX to a phone
 * and nowhere else (threat L4), a redirect goes to the PBX only, a 503 of ours would stop all traffic
 * (RFC 3261 §16.7 step 6).
 */
function failureFor(
  state: EdgeState,
  exchange: Exchange,
  near: Leg,
  far: Leg,
  response: Response,
): { status: number; headers: readonly HeaderPair[] } {
  const { status } = response;
  const reason = reasonHeaders(response.headers.all("Reason"));
  if (status === 401 || status === 407) {
    const relayed = state.settings.accounts === undefined;
    const ours = relayed && near.flow.side === "phone" && far.flow.side === "core";
    const challenges = ours ? relayedChallenges(state.challenges, near.flow, exchange.request, response) : [];
    return challenges.length > 0 ? { status, headers: challenges } : { status: 403, headers: reason };
  }
  if (status === 420) {
    const said = badExtension(response, exchange.request.headers);
    return { ...said, headers: said.status === 420 ? said.headers : reason };
  }
  // RFC 3261 §21.4.16: the one extension that may be asked for from end to end.
  if (status === 421 && lists(response.headers, "Require", "100rel"))
    return { status, headers: [["Require", "100rel"]] };
  if (status < 400)
    return redirection(state, near, far, response) ?? { status: 480, headers: redirected(reason, status) };
  const retry = retryAfterHeaders(response);
  // The interval was ours, and so is the dispute about it.
  if (status === 422) return { status: 500, headers: reason };
  if (status === 503) return { status: near.flow.side === "core" ? 500 : 503, headers: [...reason, ...retry] };
  return { status, headers: [...reason, ...retry] };
}
