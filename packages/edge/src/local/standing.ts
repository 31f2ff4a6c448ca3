/**
 * Requests that stand alone and cross between a phone and the PBX: MESSAGE (RFC 3428), and the NOTIFY that a PBX sends
 * for waiting messages without having been asked (RFC 3842 §3.10 as phones know it). Each is a new request over there.
 */
import { HeaderList, type Request, type Response, sipUri } from "@ringfence/sip";
import { type HeaderPair, retryAfterHeaders, tagged } from "../call/headers.ts";
import { badExtension } from "../call/option-tags.ts";
import { readSubscriptionState } from "../call/sipfrag.ts";
import { respond, userOf } from "../egress.ts";
import type { Flow } from "../flow.ts";
import { relayedChallenges } from "../registrar/credentials.ts";
import { bindingFor, identityOn } from "../registrar/identity.ts";
import { sendForAccount } from "../registrar/sent-for-account.ts";
import type { Served } from "../served.ts";
import { type EdgeState, newCallId, newCSeq, newTag } from "../state.ts";
import { badEvent, readEvent, rewrittenDocument } from "../subscription/document.ts";
import { type Route, route } from "../trunk/route.ts";
import { crossable, readBody } from "./body.ts";
import type { Relay, StandingStep } from "./relay.ts";

export function onMessage(state: EdgeState, now: number, served: Served): void {
  const { request, flow } = served;
  const body = readBody(request, crossable.message);
  if (body.kind === "refused") return respond(state, now, served, body);
  // MSS takes one without body for a sign of life in a call; out of a call it says nothing (RFC 3428 §4).
  if (body.kind === "none") return respond(state, now, served, { status: 400, phrase: "Message without text" });
  const account = flow.side === "phone" ? identityOn(state, flow, request)?.user : undefined;
  const about = state.callIds.translated(request.headers.all("In-Reply-To"), flow, account);
  forward(state, now, served, [...about, ["Content-Type", body.type]], body.body);
}

/** Only the state of the mailbox comes unasked: any other event needs a subscription. */
export function onUnsolicitedNotify(state: EdgeState, now: number, served: Served): void {
  const { request } = served;
  const event = readEvent(request);
  if (event?.package.name !== "message-summary") return respond(state, now, served, badEvent);
  const target = request.requestUri.kind === "sip" ? bindingFor(state, request.requestUri) : undefined;
  if (target === undefined) return respond(state, now, served, { status: 480, phrase: "Phone not registered" });
  const { user, shownDomain: domain } = target;
  const entity = sipUri({ user, host: domain }).raw;
  const document = rewrittenDocument(state, request, event.package, { entity, domain });
  if (document.kind === "refused") return respond(state, now, served, document);
  const standing = readSubscriptionState(request.headers.get("Subscription-State") ?? "");
  const headers: HeaderPair[] = [
    ["Event", event.value],
    ["Subscription-State", standing?.value ?? "active"],
  ];
  if (document.kind === "document") headers.push(["Content-Type", document.type]);
  forward(state, now, served, headers, document.kind === "document" ? document.body : new Uint8Array(0));
}

/** Sends the request on, or answers it. `headers` are those of its own that cross. */
export function forward(
  state: EdgeState,
  now: number,
  served: Served,
  headers: readonly HeaderPair[],
  body: Uint8Array,
  step: StandingStep = { kind: "standing" },
): void {
  const { request, flow } = served;
  // Between phones and the PBX only: nothing of this goes to a carrier or comes from one.
  if (flow.endpoint.role === "core-trunks" || flow.side === "trunk") {
    return respond(state, now, served, { status: 405 });
  }
  const routed = route(state, request, flow);
  if ("status" in routed) {
    return respond(state, now, served, { status: routed.status, phrase: routed.phrase });
  }
  const contact: readonly HeaderPair[] = request.method === "NOTIFY" ? [["Contact", `<${routed.contact}>`]] : [];
  const out = {
    method: request.method,
    uri: routed.requestUri,
    headers: standingHeaders(state, request, routed, [...contact, ...headers]),
    body,
  };
  const sent = sendForAccount(state, now, out, routed.flow, { account: routed.caller?.user });
  if (sent === undefined) return respond(state, now, served, { status: 503 });
  state.relays.add(now, sent, { ...served, step });
}

/** Everything of a request without a dialog is written here; of the old one only the user parts and the digest got so far. */
function standingHeaders(
  state: EdgeState,
  request: Request,
  routed: Route,
  headers: readonly HeaderPair[],
): HeaderList {
  return HeaderList.of(
    ["Max-Forwards", String((request.maxForwards ?? 70) - 1)],
    ["From", tagged(routed.from.uri, newTag(state), routed.from.displayName)],
    ["To", `<${routed.to}>`],
    ["Call-ID", newCallId(state)],
    ["CSeq", `${newCSeq(state)} ${request.method}`],
    ...headers,
    ...(routed.credentials?.headers ?? []),
  );
}

export function onStandingAnswer(state: EdgeState, now: number, relay: Relay, response: Response): void {
  if (response.status < 200) return;
  const { request, flow } = relay;
  respond(state, now, relay, crossedAnswer(state, request, flow, response));
}

/** A challenge crosses from the PBX to a phone only (threat L4), and no redirection crosses. */
export function crossedAnswer(
  state: EdgeState,
  request: Request,
  flow: Flow,
  response: Response,
): { readonly status: number; readonly headers: readonly HeaderPair[] } {
  const { status } = response;
  if (status === 401 || status === 407) {
    const relayed = flow.side === "phone" && state.settings.accounts === undefined;
    const challenges = relayed ? relayedChallenges(state.challenges, flow, request, response) : [];
    return challenges.length > 0 ? { status, headers: challenges } : { status: 403, headers: [] };
  }
  if (status < 300 && flow.side === "phone") state.challenges.accepted(flow, userOf(request.from.uri) ?? "");
  if (status >= 300 && status < 400) return { status: 480, headers: [] };
  if (status === 420) return badExtension(response, request.headers);
  return { status, headers: status < 300 ? [] : retryAfterHeaders(response) };
}
