/** The end of a call: media freed, the parties told, one line in the log. */
import { noBody, requestInDialog } from "@ringfence/sip";
import { noteCut } from "../decisions/cut.ts";
import { respond } from "../egress.ts";
import { watchEnd } from "../fraud/watch.ts";
import { sendForAccount } from "../registrar/sent-for-account.ts";
import { servedOf } from "../served.ts";
import { count, type EdgeState, push } from "../state.ts";
import { endUse } from "../use/charge.ts";
import { ackBytes, acknowledge } from "./acknowledge.ts";
import type { Call, Leg } from "./call.ts";
import { logEnded } from "./call-log.ts";
import type { HeaderPair } from "./headers.ts";
import { legFlow } from "./leg-flow.ts";
import { endSession } from "./session.ts";

/** Why a call ended: a closed list, a metric label. */
export const endReasons = [
  "hangup",
  "cancelled",
  "challenged",
  "refused",
  "no-answer",
  "no-ack",
  "no-media",
  "media-failed",
  "max-duration",
  "minutes-limit",
  "spend-limit",
  "suspended",
  "forbidden",
  "peer-lost",
  "no-transaction",
  "dialog-lost",
  "session-expired",
  "identity",
  "fraud-service",
  "process-ended",
  "bug",
] as const;
export type EndReason = (typeof endReasons)[number];

/** What a BYE of ours says to a party (RFC 3326). */
const byeReasons: Partial<Record<EndReason, string>> = {
  "no-answer": 'SIP;cause=408;text="No answer"',
  "no-ack": 'SIP;cause=408;text="No ACK"',
  "no-media": 'SIP;cause=408;text="No media"',
  "media-failed": 'SIP;cause=503;text="Media relay failed"',
  "max-duration": 'SIP;cause=503;text="Call duration limit"',
  "minutes-limit": 'SIP;cause=403;text="Minutes of the day used up"',
  "spend-limit": 'SIP;cause=403;text="Budget of the day used up"',
  suspended: 'SIP;cause=403;text="Account suspended"',
  forbidden: 'SIP;cause=403;text="No longer allowed"',
  "session-expired": 'SIP;cause=408;text="Session expired"',
  "peer-lost": 'SIP;cause=480;text="Other side lost its connection"',
  "dialog-lost": 'SIP;cause=481;text="Other side lost the call"',
  "process-ended": 'SIP;cause=503;text="Closing for maintenance"',
};

/** Takes the call out of the tables. Nothing is sent: the callers below did that. */
export function endCall(
  state: EdgeState,
  now: number,
  call: Call,
  reason: EndReason,
  by: "a" | "b" | "ringfence",
  status?: number,
): void {
  if (call.state === "over") return;
  call.state = "over";
  call.step = undefined;
  call.deferred.length = 0;
  const provisional = call.exchange?.reliable.map((waiting) => waiting.timer) ?? [];
  const { noAnswer, duration, exchange, attempt } = call;
  for (const timer of [noAnswer, duration, exchange?.answer?.timer, attempt?.timer, ...provisional]) {
    if (timer !== undefined) state.deadlines.disarm(timer);
  }
  for (const leg of [call.a, call.b]) endRefreshing(state, now, leg);
  state.calls.remove(call);
  const was = reason === "challenged" ? "no-call" : "call";
  endUse(state, now, call, was);
  state.callIds.remember(call);
  count(state, { name: "calls_ended", reason });
  logEnded(state, now, call, { reason, status, by });
  // After the line: whoever writes it asks how the call was heard.
  if (call.media) state.out.push({ kind: "media-close", call: call.id });
  call.media = false;
  watchEnd(state, now, call, was);
}

/** A re-INVITE of ours gets its ACK when its 2xx still comes; with a provisional answer only it would stay for an hour. */
function endRefreshing(state: EdgeState, now: number, leg: Leg): void {
  endSession(state, leg);
  const { refresh } = leg.timer;
  if (refresh === undefined) return;
  leg.timer.refresh = undefined;
  const { clientTx, sent } = refresh;
  if (sent.method !== "INVITE" || leg.dialog === undefined) return state.calls.releaseTransaction(clientTx);
  const ack = refresh.ack ?? ackBytes(state, leg, leg.dialog, sent);
  const { remoteTag: winner } = leg.dialog;
  state.calls.leaveBehind(clientTx, { leg, account: undefined, sent: { ...sent, body: noBody }, winner, ack });
  const cancelled = state.transactions.cancel(now, clientTx);
  if (cancelled !== undefined) push(state, cancelled.out);
}

/** Ends a call from our side, whatever it is in the middle of; an unanswered caller gets `status`. */
export function hangUp(state: EdgeState, now: number, call: Call, reason: EndReason, status: number): void {
  if (call.state === "over") return;
  noteCut(state, now, call, reason, status);
  const phrase = byeReasons[reason];
  const headers: readonly HeaderPair[] = phrase === undefined ? [] : [["Reason", named(state, call, phrase)]];
  releaseExchange(state, now, call, status, headers);
  if (call.state === "up") {
    sendBye(state, now, call, call.a, headers);
    sendBye(state, now, call, call.b, headers);
  }
  endCall(state, now, call, reason, "ringfence", status);
}

/** With `policy.reason_header` the party hears which decision ended the call. */
function named({ settings }: EdgeState, { decision }: Call, phrase: string): string {
  if (decision === undefined || !settings.config.policy.reasonHeader) return phrase;
  return `${phrase.slice(0, -1)}, decision ${decision}"`;
}

/**
 * What the INVITE in flight owes when the call ends under it: a final answer to who sent it; a CANCEL to who has not
 * answered yet, or ACK and BYE to who has.
 */
export function releaseExchange(
  state: EdgeState,
  now: number,
  call: Call,
  status: number,
  headers: readonly HeaderPair[],
): void {
  const exchange = call.exchange;
  if (exchange === undefined || exchange.phase === "answered" || exchange.phase === "done") return;
  const near = exchange.from === "a" ? call.a : call.b;
  const far = exchange.from === "a" ? call.b : call.a;
  const wasAnswering = exchange.phase === "answering";
  exchange.phase = "done";
  respond(state, now, servedOf(exchange, near), { status, toTag: near.localTag, headers });
  if (wasAnswering) {
    if (call.state !== "up") sendBye(state, now, call, far, headers);
    return;
  }
  if (exchange.clientTx === undefined) return;
  const cancelled = state.transactions.cancel(now, exchange.clientTx, headers);
  if (cancelled !== undefined) push(state, cancelled.out);
}

/** BYE on one leg, after the ACK that its 2xx may still be waiting for (RFC 3261 §13.2.2.4). */
export function sendBye(state: EdgeState, now: number, call: Call, leg: Leg, headers: readonly HeaderPair[]): void {
  if (leg.dialog === undefined) return;
  const exchange = call.exchange;
  if (exchange?.winner !== undefined && exchange.ack === undefined && exchange.from !== leg.name) {
    acknowledge(state, exchange, leg);
  }
  const other = leg === call.a ? call.b : call.a;
  byeOn(state, now, leg, other.account, headers);
}

/** `account`: of the other leg, for whom we speak here. */
export function byeOn(
  state: EdgeState,
  now: number,
  leg: Leg,
  account: string | undefined,
  headers: readonly HeaderPair[],
): void {
  if (leg.dialog === undefined) return;
  const { dialog, request } = requestInDialog(leg.dialog, "BYE");
  leg.dialog = dialog;
  for (const [name, value] of headers) request.headers.add(name, value);
  sendForAccount(state, now, request, legFlow(state, leg), { account, leg });
}
