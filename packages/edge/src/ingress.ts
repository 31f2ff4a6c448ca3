/**
 * Octets to a decision: parse, check, find the dialog, ask the policy. A request that is refused here leaves no state
 * behind; only what passed becomes a transaction (threats L5, L8, L12).
 */

import type { SignalSubject, Verdict } from "@ringfence/policy";
import {
  checkRequest,
  checkResponse,
  type Message,
  type ParseFailure,
  parseMessage,
  type Request,
  reasonPhrase,
  withSession,
} from "@ringfence/sip";
import { isPeerOf } from "./call/leg-flow.ts";
import { referredCall } from "./call/refer-aside.ts";
import { isHeard, noteMalformed } from "./defence/hearing.ts";
import { isTooMany } from "./defence/transaction-rate.ts";
import { answerEcho, answerStateless, userOf, validated } from "./egress.ts";
import { type Flow, framingOf } from "./flow.ts";
import { servedExtensions } from "./local/allow.ts";
import { shed } from "./overload/shed.ts";
import { askedBy, noteRefusal, type Refused, refusal, refuseFor } from "./refusal.ts";
import { authenticated } from "./registrar/authenticate.ts";
import { refusedForGuessing } from "./registrar/guessing.ts";
import { identityOn } from "./registrar/identity.ts";
import { absorbed } from "./registrar/refresh.ts";
import { isFormerPbx } from "./reload/left-peers.ts";
import { lookOn } from "./shadow.ts";
import { count, type EdgeState, push } from "./state.ts";
import { logStranger } from "./stranger-log.ts";
import { signalSubject } from "./subject.ts";
import { refusedWhileAway } from "./trunk/pbx-away.ts";
import { pbxAnswered } from "./trunk/pbx-health.ts";
import { ownTrunk } from "./trunk/registered-line.ts";
import { isEmergency } from "./trunk/to-carrier.ts";

/** Every method of RFC 3261 and its extensions that some site uses; the rest is 501. */
const methods: ReadonlySet<string> = new Set([
  "INVITE",
  "ACK",
  "BYE",
  "CANCEL",
  "REGISTER",
  "OPTIONS",
  "INFO",
  "UPDATE",
  "PRACK",
  "REFER",
  "NOTIFY",
  "SUBSCRIBE",
  "MESSAGE",
  "PUBLISH",
]);

export function ingest(state: EdgeState, now: number, flow: Flow, bytes: Uint8Array): void {
  if (!validated(state, flow)) state.amplification.earn(bytes.length);
  const parsed: Message | ParseFailure = parseMessage(bytes, framingOf(flow));
  if (parsed.kind === "failure") return malformed(state, now, flow, parsed);
  if (parsed.kind === "request") return onRequest(state, now, flow, parsed);
  const broken = checkResponse(parsed);
  if (broken !== undefined) return count(state, { name: "malformed", side: flow.side, code: broken.check });
  if (flow.side === "core") pbxAnswered(state, now, flow);
  push(state, state.transactions.onResponse(now, withSession(parsed), flow));
}

function malformed(state: EdgeState, now: number, flow: Flow, failure: ParseFailure): void {
  const { code, verdict, echo } = failure;
  // Line ends or nothing at all: how phones on UDP keep their NAT open. RFC 5626 §4.4.2 has STUN for it, few speak it.
  if (code === "empty" && !flow.reliable) return;
  count(state, { name: "malformed", side: flow.side, code });
  noteMalformed(state, now, flow);
  logStranger(state, now, flow, { event: "malformed", level: "warn", reason: code });
  if (verdict.act === "reject" && echo !== undefined) answerEcho(state, echo, flow, verdict.status, verdict.reason);
}

function onRequest(state: EdgeState, now: number, received: Flow, request: Request): void {
  const flow = ownTrunk(state, received, request);
  // Before anything is judged: a retransmission gets what the first copy got.
  if (state.transactions.has(request, flow)) return push(state, state.transactions.onRequest(now, request, flow));
  count(state, { name: "requests", side: flow.side, method: methods.has(request.method) ? request.method : "other" });
  if (isHeard(state, now, flow, request)) onHeard(state, now, flow, request);
}

function onHeard(state: EdgeState, now: number, flow: Flow, request: Request): void {
  const dialog =
    state.calls.dialogOf(request) ?? state.subscriptions.dialogOf(request) ?? referredCall(state, flow, request);
  const inDialog = dialog !== undefined && isPeerOf(state, dialog.leg, flow);
  if (!inDialog && isUnanswered(state, flow, request)) return;
  const extensions = servedExtensions(state.settings, flow);
  const inEmergency = dialog !== undefined && "call" in dialog && dialog.call.emergency;
  const emergency = inEmergency || isEmergency(state, request);
  if (isTurnedAway(state, now, flow, request, inDialog || emergency)) return;
  const facts = { methods, extensions, service: emergency, clear: isClear(flow) };
  const broken = checkRequest(request, { ...facts, emergency });
  if (broken !== undefined) return refuseBroken(state, now, flow, request, broken);
  const subject = signalSubject(state, now, flow, request, inDialog);
  const verdict = judged(state, now, flow, subject);
  if (verdict.action !== "allow" && verdict.reason === "no-dialog" && hungUpToo(state, flow, request)) {
    return answerStateless(state, request, flow, { status: 481 });
  }
  if (verdict.action !== "allow" && !hidden(state, now, flow, request, verdict, subject)) return;
  // RFC 3261 §12.2.2: a To tag of no dialog of ours.
  if (request.to.tag !== undefined && !inDialog) return refuseFor(state, now, flow, request, "no-dialog", "info");
  if (request.method === "CANCEL") return answerStateless(state, request, flow, { status: 481 });
  if (request.method === "REGISTER" && absorbed(state, now, flow, request)) return;
  const marked = verdict.action === "allow" && verdict.emergency;
  if (!inDialog && !marked && !mayPass(state, now, flow, request)) return;
  // RFC 3261 §8.2.2.2: one call rings once, whichever ways its INVITE came.
  if (state.transactions.isMerged(request)) return refuseFor(state, now, flow, request, "merged-request", "info");
  const excused = emergency ? checkRequest(request, facts) : undefined;
  if (excused !== undefined) logExcused(state, now, flow, request, excused.check);
  // From here on a body is the session description alone.
  const going = withSession(request);
  state.admitted = inDialog ? undefined : { request: going, subject, verdict };
  push(state, state.transactions.onRequest(now, going, flow));
}

/** WebSocket without TLS has a proxy before it that has TLS; the PBX's network is its own affair. */
function isClear({ side, transport }: Flow): boolean {
  return side !== "core" && (transport === "udp" || transport === "tcp");
}

/** @param spared what belongs to a call that is up, and calls for help */
function isTurnedAway(state: EdgeState, now: number, flow: Flow, request: Request, spared: boolean): boolean {
  return !spared && (isTooMany(state, now, flow, request) || shed(state, now, flow, request));
}

function refuseBroken(
  state: EdgeState,
  now: number,
  flow: Flow,
  request: Request,
  { check, status, reason, headers = [] }: NonNullable<ReturnType<typeof checkRequest>>,
): void {
  count(state, { name: "malformed", side: flow.side, code: check });
  const why = { by: "message", event: "malformed", level: "info", reason: check, status } as const;
  const noted = noteRefusal(state, now, flow, askedBy(request), why);
  const phrase = reason || reasonPhrase(status);
  answerStateless(state, request, flow, { status, phrase, headers: [...headers, ...noted.headers] });
}

/** The ACK to a refusal without state, or a stray one (RFC 3261 §17), is not worth a line; who was the PBX has only its calls. */
function isUnanswered({ settings }: EdgeState, flow: Flow, { method }: Request): boolean {
  return method === "ACK" || isFormerPbx(settings, flow);
}

/** Threat L15: what refuses anybody else's request leaves an emergency call without its body or a part of it, and is said. */
function logExcused(state: EdgeState, now: number, flow: Flow, { method }: Request, check: string): void {
  const detail = "an emergency call goes on without what it cannot be read for";
  logStranger(state, now, flow, { event: "malformed", level: "warn", reason: check, method, detail });
}

function judged(state: EdgeState, now: number, flow: Flow, subject: SignalSubject): Verdict {
  const verdict = state.settings.policy.decideSignal(subject);
  if (verdict.shadow !== undefined) lookOn(state, now, flow, { ...verdict.shadow, method: subject.method });
  return verdict;
}

/** A domain that is not served looks like an account that does not exist. False: the request has been answered. */
function hidden(
  state: EdgeState,
  now: number,
  flow: Flow,
  request: Request,
  verdict: Refused,
  subject: SignalSubject,
): boolean {
  const alike = request.method === "REGISTER" && flow.side === "phone" && verdict.reason === "domain-not-served";
  if (alike && !authenticated(state, now, flow, request)) return false;
  // With `relay` the PBX is asked first (registrar/front.ts).
  if (alike && state.settings.accounts === undefined) return true;
  refusal(state, now, flow, request, verdict, subject);
  return false;
}

/** Proven, and the PBX is there, if it is for the PBX. False: the request has been answered. */
function mayPass(state: EdgeState, now: number, flow: Flow, request: Request): boolean {
  if (!proven(state, now, flow, request)) return false;
  return !crosses(state, flow, request) || !refusedWhileAway(state, now, flow, request);
}

/** With `edge` by a password, with `relay` by not having guessed too often. False: the request has been answered. */
function proven(state: EdgeState, now: number, flow: Flow, request: Request): boolean {
  if (crosses(state, flow, request) && !authenticated(state, now, flow, request)) return false;
  return !refusedForGuessing(state, now, flow, request);
}

/** All that would reach the PBX; OPTIONS of strangers and about ourselves are answered here and prove nothing. */
function crosses(state: EdgeState, flow: Flow, request: Request): boolean {
  if (request.method !== "OPTIONS") return true;
  return (
    request.maxForwards !== 0 && userOf(request.requestUri) !== undefined && state.bindings.onFlow(flow.id).length > 0
  );
}

/** Both sides said BYE at once: 481 (RFC 3261 §15.1.2), but nobody was refused anything. */
function hungUpToo(state: EdgeState, flow: Flow, request: Request): boolean {
  return request.method === "BYE" && state.callIds.knows(request.callId, flow, identityOn(state, flow, request)?.user);
}
