/** The answer to a session refresh of ours (RFC 4028 §7.3, §10). */
import { afterGlare, afterTooSmall, type OutRequest, type Response, readSession } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import { ackBytes } from "./acknowledge.ts";
import type { Call, Leg } from "./call.ts";
import { undoOffer } from "./crossing.ts";
import { answerMedia } from "./described.ts";
import { legFlow } from "./leg-flow.ts";
import { noteMethods } from "./peer-methods.ts";
import { retargetFrom } from "./refresh-target.ts";
import { postponeRefresh, type Refresh, sessionAnswered } from "./session.ts";
import { refreshSession } from "./session-refresh.ts";
import { hangUp } from "./teardown.ts";
import { intervalOf, LONGEST, MAX_LONGER } from "./too-small.ts";

function refreshing(call: Call, id: number): { readonly leg: Leg; readonly refresh: Refresh } | undefined {
  for (const leg of [call.a, call.b]) {
    const { refresh } = leg.timer;
    if (refresh?.clientTx === id) return { leg, refresh };
  }
  return undefined;
}

/** The PBX's challenge to a refresh was answered for the account: what is known of it is known of the repetition. */
export function refreshRepeated(
  state: EdgeState,
  call: Call | undefined,
  id: number,
  again: { readonly id: number; readonly request: OutRequest },
): void {
  const found = call && refreshing(call, id);
  if (call === undefined || found === undefined) return;
  found.leg.timer.refresh = { clientTx: again.id, sent: again.request, ack: undefined };
  state.calls.bindTransaction(again.id, call);
}

/** Nothing more comes for it: a repetition of its 2xx would be a stray. */
export function forgetRefresh(call: Call | undefined, id: number): void {
  const found = call && refreshing(call, id);
  if (found !== undefined) found.leg.timer.refresh = undefined;
}

/** False when the response is to something else. */
export function onRefreshAnswer(state: EdgeState, now: number, call: Call, id: number, response: Response): boolean {
  const found = refreshing(call, id);
  if (found === undefined) return false;
  const { leg, refresh } = found;
  if (response.status < 200) return true;
  if (response.status < 300) refreshed(state, now, call, leg, refresh, response);
  else refused(state, now, call, leg, refresh, response);
  return true;
}

function refreshed(state: EdgeState, now: number, call: Call, leg: Leg, refresh: Refresh, response: Response): void {
  const repeated = refresh.ack !== undefined;
  if (refresh.sent.method === "INVITE") acknowledgeRefresh(state, leg, refresh);
  if (call.state === "over" || repeated) return;
  retargetFrom(leg, response);
  noteMethods(leg, response);
  sessionAnswered(state, now, call, leg, response);
  if (refresh.sent.method !== "INVITE") {
    leg.timer.refresh = undefined;
    return;
  }
  if (response.body.length === 0) return undoOffer(state, call);
  call.step = { kind: "refresh-answer", leg: leg.name };
  answerMedia(state, call, leg.name, response.body);
}

/** RFC 3261 §13.2.2.4: every repetition of the 2xx gets the same octets. */
function acknowledgeRefresh(state: EdgeState, leg: Leg, refresh: Refresh): void {
  if (leg.dialog === undefined) return;
  refresh.ack ??= ackBytes(state, leg, leg.dialog, refresh.sent);
  state.out.push({ kind: "send", flow: legFlow(state, leg), bytes: refresh.ack });
}

function refused(state: EdgeState, now: number, call: Call, leg: Leg, refresh: Refresh, response: Response): void {
  leg.timer.refresh = undefined;
  if (call.state === "over") return;
  const { method } = refresh.sent;
  if (method === "INVITE") undoOffer(state, call);
  const { status } = response;
  // RFC 3261 §12.2.1.2: there is nobody in this dialog any more.
  if (status === 481 || status === 408) return hangUp(state, now, call, "dialog-lost", 481);
  const { session } = leg.timer;
  if (session === undefined) return;
  if (status === 422 && longer(leg, refresh, response)) return refreshSession(state, now, call, leg);
  if (method === "UPDATE" && (status === 405 || status === 501)) {
    leg.takes.update = false;
    return refreshSession(state, now, call, leg);
  }
  const [random = 0] = state.random(1);
  // The Call-ID of the second leg is ours, that of the first is the caller's.
  const wait = status === 491 ? afterGlare(leg.name === "b", random) : (session.endAt - now) / 2;
  postponeRefresh(state, call, leg, now + wait);
}

/** §7.3: the largest Min-SE is remembered for the rest of the dialog. */
function longer(leg: Leg, refresh: Refresh, response: Response): boolean {
  const next = afterTooSmall(readSession(response.headers)?.minSe, intervalOf(refresh.sent), LONGEST);
  if (next === undefined || leg.timer.tooSmall >= MAX_LONGER) return false;
  leg.timer.tooSmall += 1;
  leg.timer.minSe = next;
  return true;
}

/** No answer came: nobody is there (RFC 4028 §10). A broken connection may be replaced before the session ends. */
export function onRefreshFailed(
  state: EdgeState,
  now: number,
  call: Call,
  id: number,
  why: "timeout" | "transport-error",
): boolean {
  const found = refreshing(call, id);
  if (found === undefined) return false;
  const { leg, refresh } = found;
  leg.timer.refresh = undefined;
  if (call.state === "over") return true;
  if (refresh.sent.method === "INVITE") undoOffer(state, call);
  if (why === "timeout") hangUp(state, now, call, "dialog-lost", 481);
  else if (leg.timer.session !== undefined) {
    postponeRefresh(state, call, leg, now + (leg.timer.session.endAt - now) / 2);
  }
  return true;
}
