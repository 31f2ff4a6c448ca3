/** What the transaction layer hands up, given to who has to act on it (RFC 3261 §17: the transaction user). */
import type { OutRequest, Request, Response, TxOutput } from "@ringfence/sip";
import { onAck } from "./call/ack.ts";
import { type Call, type CallInput, MAX_DEFERRED } from "./call/call.ts";
import { legOf } from "./call/call-table.ts";
import { onCancel } from "./call/cancel.ts";
import { onInDialog } from "./call/in-dialog.ts";
import { onInviteFailed, onInviteResponse } from "./call/invite-response.ts";
import { isPeerOf } from "./call/leg-flow.ts";
import { renumberReferral } from "./call/refer.ts";
import { onReferAside } from "./call/refer-aside.ts";
import { forgetRefresh, onRefreshAnswer, onRefreshFailed, refreshRepeated } from "./call/refresh-answer.ts";
import { onInDialogAnswer, onInDialogFailed } from "./call/relay-request.ts";
import { startCall } from "./call/start.ts";
import { hangUp } from "./call/teardown.ts";
import { onUnwanted } from "./call/unwanted.ts";
import { respond } from "./egress.ts";
import type { Flow } from "./flow.ts";
import { onOptions, onOptionsAnswer } from "./local/options.ts";
import { onPublish, onPublishAnswer } from "./local/publish.ts";
import type { Relay } from "./local/relay.ts";
import { onMessage, onStandingAnswer, onUnsolicitedNotify } from "./local/standing.ts";
import { register } from "./registrar/front.ts";
import { notePbxAnswer } from "./registrar/guessing.ts";
import { removeBinding } from "./registrar/holding.ts";
import { onProbeAnswered, onProbeFailed } from "./registrar/keepalive.ts";
import { registered } from "./registrar/registered.ts";
import { onOwnAnswer, onOwnFailed } from "./registrar/renewal.ts";
import { answeredForAccount } from "./registrar/sent-for-account.ts";
import type { Served } from "./served.ts";
import type { EdgeState } from "./state.ts";
import { onNotifyAnswer, onNotifyFailed, onSubscriptionRequest } from "./subscription/notify.ts";
import { onSubscribe, onSubscribeAnswer, onSubscribeFailed, repeatedSubscribe } from "./subscription/subscribe.ts";
import { rememberRefuser } from "./trunk/large-request.ts";
import { pbxSilent } from "./trunk/pbx-health.ts";
import { forgetOwn, ownAnswered, ownFailed } from "./trunk/supervise.ts";

export function onTransactionOutput(state: EdgeState, now: number, output: TxOutput): void {
  switch (output.kind) {
    case "transmit":
      state.out.push({ kind: "send", flow: output.flow, bytes: output.bytes });
      return;
    case "request":
      return onRequest(state, now, servedBy(output));
    case "cancel":
      return cancel(state, now, servedBy(output), output.target);
    case "ack":
      return ack(state, now, output.request, output.flow as Flow);
    case "response":
      return onResponse(state, now, output.id, output.response);
    case "rerouted":
      return rememberRefuser(state, now, output.flow.id);
    case "timeout":
    case "transport-error":
      return onFailed(state, now, output.id, output.kind);
    case "ended":
      state.registrar.own.delete(output.id);
      state.registrar.sent.delete(output.id);
      state.relays.delete(output.id);
      forgetOwn(state, output.id);
      forgetRefresh(state.calls.byTransaction(output.id), output.id);
      state.calls.releaseTransaction(output.id);
      return;
    case "ack-timeout":
    case "stray":
      return;
  }
}

/** Inputs of a call wait while the media relay works on its SDP: answers must not overtake each other. */
function toCall(state: EdgeState, now: number, call: Call, input: CallInput): void {
  if (call.step !== undefined) {
    if (call.deferred.length < MAX_DEFERRED) call.deferred.push(input);
    return;
  }
  switch (input.kind) {
    case "request":
      return onInDialog(state, now, call, legOf(call, input.leg), input.served);
    case "ack":
      return onAck(state, now, call, input.leg, input.request);
    case "response":
      if (onRefreshAnswer(state, now, call, input.id, input.response)) return;
      return onInviteResponse(state, now, call, input.id, input.response);
    case "failed":
      if (onRefreshFailed(state, now, call, input.id, input.why)) return;
      return onInviteFailed(state, now, call, input.id, input.why);
  }
}

/** What came for a call while it waited. */
export function catchUp(state: EdgeState, now: number, call: Call): void {
  while (call.step === undefined && call.deferred.length > 0) {
    const next = call.deferred.shift();
    if (next !== undefined) toCall(state, now, call, next);
  }
}

function onRequest(state: EdgeState, now: number, served: Served): void {
  const { request, flow } = served;
  if (request.to.tag !== undefined && request.method !== "REGISTER") {
    const watched = state.subscriptions.dialogOf(request);
    if (watched !== undefined && isPeerOf(state, watched.leg, flow)) {
      return onSubscriptionRequest(state, now, watched, served);
    }
    const found = state.calls.dialogOf(request);
    if (found === undefined || !isPeerOf(state, found.leg, flow)) {
      return respond(state, now, served, { status: 481 });
    }
    return toCall(state, now, found.call, { kind: "request", served, leg: found.leg.name });
  }
  switch (request.method) {
    case "REGISTER":
      return register(state, now, served);
    case "INVITE":
      return startCall(state, now, served);
    case "OPTIONS":
      return onOptions(state, now, served);
    case "MESSAGE":
      return onMessage(state, now, served);
    case "SUBSCRIBE":
      return onSubscribe(state, now, served);
    case "PUBLISH":
      return onPublish(state, now, served);
    case "REFER":
      return onReferAside(state, now, served);
    case "NOTIFY":
      return onUnsolicitedNotify(state, now, served);
    default:
      return respond(state, now, served, { status: 405 });
  }
}

/** The transactions hold a flow without looking into it: it is what was given with the octets. */
function servedBy({ id, request, flow }: { id: number; request: Request; flow: unknown }): Served {
  return { serverTx: id, request, flow: flow as Flow };
}

function cancel(state: EdgeState, now: number, served: Served, target: number | undefined): void {
  const call = target === undefined ? undefined : state.calls.byTransaction(target);
  respond(state, now, served, { status: target === undefined ? 481 : 200 });
  // Not deferred: a caller who hangs up does not wait for the media relay.
  if (call === undefined || target === undefined) return;
  onCancel(state, now, call, target, served.request);
  catchUp(state, now, call);
}

function ack(state: EdgeState, now: number, request: Request, flow: Flow): void {
  const found = state.calls.dialogOf(request);
  if (found === undefined || !isPeerOf(state, found.leg, flow)) return;
  toCall(state, now, found.call, { kind: "ack", request, leg: found.leg.name });
}

function onResponse(state: EdgeState, now: number, id: number, response: Response): void {
  if (onProbeAnswered(state, id)) return;
  const own = state.registrar.own.get(id);
  if (own !== undefined) return onOwnAnswer(state, now, own, response);
  if (ownAnswered(state, now, id, response)) return;
  const relay = state.relays.get(id);
  const again = answeredForAccount(state, now, id, response);
  if (again !== undefined) return repeated(state, id, relay, again);
  if (relay !== undefined) return onRelayed(state, now, relay, response);
  const unwanted = state.calls.unwanted(id);
  if (unwanted !== undefined) return onUnwanted(state, now, unwanted, response);
  const call = state.calls.byTransaction(id);
  if (call !== undefined) toCall(state, now, call, { kind: "response", id, response });
}

/** What is known of the request by its number or by itself must know the repetition. */
function repeated(
  state: EdgeState,
  id: number,
  relay: Relay | undefined,
  again: { readonly id: number; readonly request: OutRequest },
): void {
  if (relay === undefined) return refreshRepeated(state, state.calls.byTransaction(id), id, again);
  const { step } = relay;
  if (step.kind === "in-dialog") renumberReferral(state.calls.get(step.call), step.from, relay.request, again.request);
  if (step.kind === "subscribe") repeatedSubscribe(step.subscription, again.request);
  state.relays.move(id, again.id, relay);
}

function onRelayed(state: EdgeState, now: number, relay: Relay, response: Response): void {
  notePbxAnswer(state, now, relay.flow, relay.request, response);
  switch (relay.step.kind) {
    case "register":
      return registered(state, now, relay, relay.step, response);
    case "in-dialog":
      return onInDialogAnswer(state, now, relay, relay.step, response);
    case "subscribe":
      return onSubscribeAnswer(state, now, relay, relay.step, response);
    case "notify":
      return onNotifyAnswer(state, now, relay, relay.step, response);
    case "publish":
      return onPublishAnswer(state, now, relay, response);
    case "standing":
      return onStandingAnswer(state, now, relay, response);
    case "out-of-dialog":
      return onOptionsAnswer(state, now, relay, response);
  }
}

/** No final answer, or none while it is still of use. */
export function onFailed(state: EdgeState, now: number, id: number, why: "timeout" | "transport-error"): void {
  const lost = onProbeFailed(state, id);
  if (lost !== undefined) return lost === "" ? undefined : removeBinding(state, now, lost, "flow-lost");
  const own = state.registrar.own.get(id);
  if (own !== undefined) {
    pbxSilent(state, now);
    return onOwnFailed(state, now, own);
  }
  if (ownFailed(state, now, id)) return;
  const relay = state.relays.get(id);
  if (relay !== undefined) {
    state.relays.delete(id);
    if (relay.step.kind === "register") pbxSilent(state, now);
    if (relay.step.kind === "subscribe") onSubscribeFailed(state, relay.step);
    if (relay.step.kind === "notify") onNotifyFailed(state, relay.step);
    if (relay.step.kind === "in-dialog") onInDialogFailed(state, relay.step);
    const status = relay.step.kind === "in-dialog" || relay.step.kind === "notify" ? 408 : 504;
    const headers = relay.step.kind === "register" ? ([["Retry-After", "10"]] as const) : [];
    return respond(state, now, relay, { status, headers });
  }
  const call = state.calls.byTransaction(id);
  if (call === undefined) return;
  // The flow of an INVITE that we have not answered is gone: nobody is left to hear the answer.
  if (call.exchange?.serverTx === id) return hangUp(state, now, call, "peer-lost", 480);
  toCall(state, now, call, { kind: "failed", id, why });
}
