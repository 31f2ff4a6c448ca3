/** NOTIFY (RFC 6665) of a subscription: state and document are written anew for the watcher. */
import { acceptInDialog, type Request, type Response, requestInDialog, uasDialog } from "@ringfence/sip";
import { legFlow } from "../call/leg-flow.ts";
import { badExtension } from "../call/option-tags.ts";
import { readSubscriptionState } from "../call/sipfrag.ts";
import { respond } from "../egress.ts";
import type { NotifyStep, Relay } from "../local/relay.ts";
import type { Served } from "../served.ts";
import type { EdgeState } from "../state.ts";
import { sendRequest } from "../trunk/pbx.ts";
import { badEvent, readEvent, rewrittenDocument } from "./document.ts";
import { endSubscription, onResubscribe, prolong } from "./subscribe.ts";
import type { FoundSubscription, Subscription } from "./subscription.ts";

/** A request in the dialog of a subscription: SUBSCRIBE from the watcher, NOTIFY from the PBX, nothing else. */
export function onSubscriptionRequest(state: EdgeState, now: number, found: FoundSubscription, served: Served): void {
  const { request } = served;
  const { subscription, leg } = found;
  const near = leg === subscription.near;
  if (near && request.method === "SUBSCRIBE") return onResubscribe(state, now, subscription, served);
  if (!near && request.method === "NOTIFY") return onNotify(state, now, subscription, served);
  respond(state, now, served, { status: 405, headers: [["Allow", near ? "SUBSCRIBE" : "NOTIFY"]] });
}

function onNotify(state: EdgeState, now: number, subscription: Subscription, served: Served): void {
  const { request } = served;
  const { near, event, eventValue, place } = subscription;
  if (readEvent(request)?.package !== event) return respond(state, now, served, badEvent);
  const standing = readSubscriptionState(request.headers.get("Subscription-State") ?? "");
  if (standing === undefined) return respond(state, now, served, { status: 400 });
  if (!acceptNotify(subscription, request)) {
    return respond(state, now, served, { status: 500, phrase: "CSeq out of order" });
  }
  if (near.dialog === undefined) return respond(state, now, served, { status: 481 });
  const document = rewrittenDocument(state, request, event, place);
  if (document.kind === "refused") return respond(state, now, served, document);
  const { dialog, request: out } = requestInDialog(near.dialog, "NOTIFY");
  near.dialog = dialog;
  out.headers.set("Contact", near.contact).set("Event", eventValue).set("Subscription-State", standing.value);
  if (document.kind === "document") out.headers.set("Content-Type", document.type);
  const body = document.kind === "document" ? document.body : out.body;
  const tx = sendRequest(state, now, { ...out, body }, legFlow(state, near));
  if (tx === undefined) return respond(state, now, served, { status: 503 });
  state.relays.add(now, tx, { ...served, step: { kind: "notify", id: subscription.id } });
  if (standing.state === "terminated") endSubscription(state, subscription);
  else if (standing.expires !== undefined)
    prolong(state, subscription, now + Math.min(standing.expires, MAX_SECONDS) * 1000);
}

const MAX_SECONDS = 86_400;

/** False for an old sequence number. The first NOTIFY makes the dialog when the 2xx has not (RFC 6665 §4.4.1). */
function acceptNotify({ far, sent }: Subscription, request: Request): boolean {
  if (far.dialog !== undefined) {
    const verdict = acceptInDialog(far.dialog, request);
    if (verdict.kind === "stale") return false;
    far.dialog = verdict.dialog;
    return true;
  }
  const dialog = uasDialog(request, far.localTag);
  if (dialog === undefined) return false;
  far.dialog = { ...dialog, localSeq: Number.parseInt(sent.headers.get("CSeq") ?? "1", 10) };
  return true;
}

export function onNotifyAnswer(
  state: EdgeState,
  now: number,
  relay: Relay,
  step: NotifyStep,
  response: Response,
): void {
  if (response.status < 200) return;
  // A challenge to a NOTIFY is nobody's to answer (threat L4); a redirection leads nowhere we would go.
  const passes = response.status < 300 || response.status >= 400;
  const status = response.status === 401 || response.status === 407 ? 403 : passes ? response.status : 480;
  const answer = status === 420 ? badExtension(response, relay.request.headers) : { status };
  respond(state, now, relay, answer);
  if (status === 481) onNotifyFailed(state, step);
}

/** RFC 6665 §4.2.2: a watcher that is gone ends its subscription; the PBX hears it from the status. */
export function onNotifyFailed(state: EdgeState, step: NotifyStep): void {
  const subscription = state.subscriptions.get(step.id);
  if (subscription !== undefined) endSubscription(state, subscription);
}
