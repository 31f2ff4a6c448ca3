/** SUBSCRIBE (RFC 6665) from a phone: a dialog with it and one with the PBX, which decides whether and for how long. */
import {
  acceptInDialog,
  HeaderList,
  type OutRequest,
  type Request,
  type Response,
  requestInDialog,
  uacDialog,
  uasDialog,
} from "@ringfence/sip";
import { tagged } from "../call/headers.ts";
import { legFlow, phoneDialog } from "../call/leg-flow.ts";
import { respond, userOf } from "../egress.ts";
import type { Relay, SubscribeStep } from "../local/relay.ts";
import { crossedAnswer } from "../local/standing.ts";
import { crossingCredentials } from "../registrar/guessing.ts";
import { parseSeconds } from "../registrar/seconds.ts";
import { sendForAccount } from "../registrar/sent-for-account.ts";
import type { Served } from "../served.ts";
import { mainDomain } from "../settings.ts";
import { type EdgeState, hex, newCallId, newCSeq, newTag } from "../state.ts";
import { ownUri } from "../trunk/pbx.ts";
import { type Route, route } from "../trunk/route.ts";
import { badEvent, type Event, readEvent } from "./document.ts";
import { addressAt } from "./place.ts";
import type { Subscription } from "./subscription.ts";

/** RFC 6665 §4.1.2.1 leaves the default to the event; RFC 3842 §3.4, RFC 3856 §6.4 and RFC 4235 §3.4 say about this. */
const DEFAULT_EXPIRES = 3600;
const MAX_EXPIRES = 86_400;
/** RFC 6665 §4.1.2.4, timer N (64*T1): how long the first NOTIFY may take, and the last one after the end. */
const GRACE = 32_000;

export function onSubscribe(state: EdgeState, now: number, served: Served): void {
  const { request, flow } = served;
  const event = readEvent(request);
  if (flow.side !== "phone") return respond(state, now, served, { status: 405 });
  if (event === undefined) return respond(state, now, served, badEvent);
  // Filters (RFC 4660) are programs for somebody else's machine.
  if (request.body.length > 0) return respond(state, now, served, { status: 415 });
  const localTag = newTag(state);
  const dialog = phoneDialog(uasDialog(request, localTag), flow);
  if (dialog === undefined) {
    return respond(state, now, served, { status: 400, phrase: "Contact missing or unusable" });
  }
  const routed = route(state, request, flow);
  if ("status" in routed) return respond(state, now, served, routed);
  if (!state.subscriptions.roomFor(routed.caller?.user)) {
    return respond(state, now, served, { status: 503, phrase: "Too many subscriptions" });
  }
  const seconds = askedSeconds(request);
  const far = { callId: newCallId(state), localTag: newTag(state) };
  const sent = firstSubscribe(state, request, routed, far, event, seconds);
  const tx = sendForAccount(state, now, sent, routed.flow, { account: routed.caller?.user });
  if (tx === undefined) return respond(state, now, served, { status: 503 });
  const name = hex(state.random(8));
  const subscription: Subscription = {
    id: name,
    event: event.package,
    eventValue: event.value,
    near: {
      flow,
      callId: request.callId,
      localTag,
      contact: `<${ownUri(flow.endpoint, userOf(request.requestUri)).raw}>`,
      binding: routed.caller?.token,
      account: routed.caller?.user,
      dialog: { ...dialog, localSeq: newCSeq(state) },
    },
    far: {
      ...far,
      flow: routed.flow,
      contact: `<${routed.contact}>`,
      binding: undefined,
      account: undefined,
      dialog: undefined,
    },
    place: placeFor(state, request, routed),
    sent,
    timer: arm(state, now + GRACE, name),
  };
  state.subscriptions.add(subscription);
  state.relays.add(now, tx, { ...served, step: { kind: "subscribe", subscription, seconds } });
}

function placeFor(state: EdgeState, request: Request, routed: Route): Subscription["place"] {
  const domain = routed.caller?.shownDomain ?? mainDomain(state.settings);
  const place = { entity: "", domain };
  return { entity: addressAt(request.requestUri.raw, place) ?? `sip:${domain}`, domain };
}

function firstSubscribe(
  state: EdgeState,
  request: Request,
  routed: Route,
  far: { readonly callId: string; readonly localTag: string },
  event: Event,
  seconds: number,
): OutRequest {
  const headers = HeaderList.of(
    ["Max-Forwards", String((request.maxForwards ?? 70) - 1)],
    ["From", tagged(routed.from.uri, far.localTag, routed.from.displayName)],
    ["To", `<${routed.to}>`],
    ["Call-ID", far.callId],
    ["CSeq", `${newCSeq(state)} SUBSCRIBE`],
    ["Contact", `<${routed.contact}>`],
    ["Event", event.value],
    ["Accept", event.package.type],
    ["Expires", String(seconds)],
    ...(routed.credentials?.headers ?? []),
  );
  return { method: "SUBSCRIBE", uri: routed.requestUri, headers, body: new Uint8Array(0) };
}

function askedSeconds(request: Request): number {
  const asked = parseSeconds(request.headers.get("Expires") ?? "") ?? DEFAULT_EXPIRES;
  return Math.min(asked, MAX_EXPIRES);
}

function arm(state: EdgeState, at: number, id: string) {
  return state.deadlines.arm(at, { owner: "subscription", id });
}

/** The subscription lives until then, should nobody say more. */
export function prolong(state: EdgeState, subscription: Subscription, until: number): void {
  state.deadlines.disarm(subscription.timer);
  subscription.timer = arm(state, until + GRACE, subscription.id);
}

export function endSubscription(state: EdgeState, subscription: Subscription): void {
  state.deadlines.disarm(subscription.timer);
  state.subscriptions.remove(subscription);
}

/** A refresh or the end of it, inside the dialog. */
export function onResubscribe(state: EdgeState, now: number, subscription: Subscription, served: Served): void {
  const { request, flow } = served;
  const { near, far, event, eventValue } = subscription;
  const verdict = near.dialog === undefined ? undefined : acceptInDialog(near.dialog, request);
  if (verdict === undefined || far.dialog === undefined) return respond(state, now, served, { status: 481 });
  if (verdict.kind === "stale") {
    return respond(state, now, served, { status: 500, phrase: "CSeq out of order" });
  }
  if (readEvent(request)?.value !== eventValue) return respond(state, now, served, badEvent);
  if (request.body.length > 0) return respond(state, now, served, { status: 415 });
  near.dialog = verdict.dialog;
  const seconds = askedSeconds(request);
  const { dialog, request: out } = requestInDialog(far.dialog, "SUBSCRIBE");
  far.dialog = dialog;
  out.headers.set("Contact", far.contact).set("Event", eventValue).set("Accept", event.type);
  out.headers.set("Expires", String(seconds));
  const credentials = crossingCredentials(state, flow, near.account, request);
  for (const [name, value] of credentials.headers) out.headers.add(name, value);
  const tx = sendForAccount(state, now, out, legFlow(state, far), { account: near.account, leg: far });
  if (tx === undefined) return respond(state, now, served, { status: 503 });
  state.relays.add(now, tx, { ...served, step: { kind: "subscribe", subscription, seconds } });
}

export function onSubscribeAnswer(
  state: EdgeState,
  now: number,
  relay: Relay,
  step: SubscribeStep,
  response: Response,
): void {
  if (response.status < 200) return;
  const { request, flow } = relay;
  const { subscription } = step;
  const answer = crossedAnswer(state, request, flow, response);
  const { near, far } = subscription;
  const toTag = near.localTag;
  if (response.status >= 300) {
    // RFC 6665 §4.1.2.2: a failed refresh leaves the subscription as it was, but for 481.
    if (far.dialog === undefined || response.status === 481) endSubscription(state, subscription);
    const minimum = parseSeconds(response.headers.get("Min-Expires") ?? "");
    const shortest = response.status === 423 && minimum !== undefined;
    const headers = shortest ? [...answer.headers, ["Min-Expires", String(minimum)] as const] : answer.headers;
    return respond(state, now, relay, { ...answer, headers, toTag });
  }
  // After a NOTIFY that came first the dialog stands already.
  far.dialog ??= uacDialog(subscription.sent, response);
  // RFC 6665 §4.2.1.1: shorter than asked for, never longer.
  const said = parseSeconds(response.headers.get("Expires") ?? "") ?? step.seconds;
  const granted = Math.min(said, step.seconds);
  // A fetch (Expires: 0) may have ended with a NOTIFY that overtook this answer.
  if (state.subscriptions.get(subscription.id) !== undefined) prolong(state, subscription, now + granted * 1000);
  const headers = [
    ["Contact", near.contact],
    ["Expires", String(granted)],
  ] as const;
  respond(state, now, relay, { status: response.status, headers, toTag });
}

/** It went out again, with an answer to the PBX's challenge. */
export function repeatedSubscribe(subscription: Subscription, again: OutRequest): void {
  if (subscription.far.dialog === undefined) subscription.sent = again;
}

/** No answer in time: a subscription that never began is gone, another lives until it expires. */
export function onSubscribeFailed(state: EdgeState, step: SubscribeStep): void {
  if (step.subscription.far.dialog === undefined) endSubscription(state, step.subscription);
}

/** Nobody renewed it: the PBX and the phone count for themselves, and have forgotten it too. */
export function onSubscriptionTimer(state: EdgeState, id: string): void {
  const subscription = state.subscriptions.get(id);
  if (subscription !== undefined) state.subscriptions.remove(subscription);
}
