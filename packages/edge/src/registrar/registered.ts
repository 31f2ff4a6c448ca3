/** What the PBX said to a REGISTER: only its 2xx makes, renews or removes a binding (threat L12: no state before that). */
import { formatNameAddr, parseContacts, type Response } from "@ringfence/sip";
import { type Answer, respond, sourceText } from "../egress.ts";
import type { RegisterStep, Relay } from "../local/relay.ts";
import { count, type EdgeState, tell } from "../state.ts";
import type { Binding } from "./binding.ts";
import { relayedChallenges } from "./credentials.ts";
import { detached, phoneSeconds } from "./lifetime.ts";
import { parseSeconds } from "./seconds.ts";

/** A registrar may lengthen an expiry, but nothing stays longer than this. */
const MAX_EXPIRES = 86_400;

export function registered(state: EdgeState, now: number, relay: Relay, step: RegisterStep, response: Response): void {
  if (response.status < 200) return;
  const answer =
    response.status < 300 ? accept(state, now, relay, step, response) : refuse(state, relay, step, response);
  respond(state, now, relay.serverTx, relay.request, relay.flow, answer);
}

function accept(state: EdgeState, now: number, relay: Relay, step: RegisterStep, response: Response): Answer {
  state.challenges.accepted(relay.flow, step.user);
  if (step.contacts === "*") {
    for (const binding of state.bindings.ofAor(step.aor)) removeBinding(state, binding.token, "removed");
    return { status: 200 };
  }
  for (const contact of step.contacts) {
    const granted = grantedSeconds(state, step, contact, response);
    if (granted === 0) {
      removeBinding(state, contact.token, "removed");
      continue;
    }
    putBinding(state, now, {
      token: contact.token,
      aor: step.aor,
      user: step.user,
      domain: step.domain,
      shownDomain: step.shownDomain,
      contactUri: detached(contact.uri),
      flow: relay.flow,
      callId: detached(relay.request.callId),
      cseq: relay.request.cseq.number,
      expiresAt: now + phoneSeconds(state.settings, relay.flow, contact.expires, granted) * 1000,
      pbxUntil: now + granted * 1000,
      confirmedAt: now,
    });
  }
  return { status: 200, headers: currentContacts(state, now, step.aor) };
}

/** RFC 3261 §10.2.4: the registrar's word counts, in our Contact if it names one, else in Expires, else as asked. */
function grantedSeconds(
  state: EdgeState,
  step: RegisterStep,
  contact: { readonly token: string; readonly expires: number },
  response: Response,
): number {
  if (contact.expires === 0) return 0;
  const listed = parseContacts(response.headers.all("Contact"));
  const ours =
    listed === undefined || listed === "*"
      ? undefined
      : listed.find(
          (c) => c.uri.kind === "sip" && c.uri.params.some((p) => p.name === "rf" && p.value === contact.token),
        );
  const alone = listed !== undefined && listed !== "*" && listed.length === 1 && step.contacts.length === 1;
  const named = (ours ?? (alone ? listed[0] : undefined))?.params.find((p) => p.name === "expires")?.value;
  const text = named ?? response.headers.get("Expires");
  const asked = Math.round(state.settings.config.phones.registration.pbxExpiresMs / 1000);
  const seconds = (text === undefined ? undefined : parseSeconds(text)) ?? asked;
  return Math.min(seconds, MAX_EXPIRES);
}

function putBinding(state: EdgeState, now: number, binding: Binding): void {
  const known = state.bindings.get(binding.token);
  const timer = state.bindings.timerOf(binding.token);
  if (timer !== undefined) state.deadlines.disarm(timer);
  state.bindings.set(binding, state.deadlines.arm(binding.expiresAt, { owner: "binding", token: binding.token }));
  state.out.push({ kind: "proven-source", address: binding.flow.packetSource.address });
  count(state, { name: "registrations", result: known === undefined ? "added" : "refreshed" });
  const moved = known !== undefined && known.flow.id !== binding.flow.id;
  tell(state, {
    event: "registration",
    level: known === undefined || moved ? "info" : "debug",
    reason: known === undefined ? "added" : moved ? "moved" : "refreshed",
    account: binding.user,
    transport: binding.flow.transport,
    source: sourceText(binding.flow),
    duration_ms: Math.round(binding.expiresAt - now),
  });
}

/** The time of a binding is over, unless refreshes that left the timer alone have moved it. */
export function bindingDue(state: EdgeState, now: number, token: string): void {
  const binding = state.bindings.get(token);
  if (binding === undefined) return;
  if (binding.expiresAt <= now) return removeBinding(state, token, "expired");
  state.bindings.rearm(token, state.deadlines.arm(binding.expiresAt, { owner: "binding", token }));
}

export function removeBinding(state: EdgeState, token: string, why: "removed" | "expired" | "flow-lost"): void {
  const timer = state.bindings.timerOf(token);
  if (timer !== undefined) state.deadlines.disarm(timer);
  const binding = state.bindings.delete(token);
  if (binding === undefined) return;
  count(state, { name: "registrations", result: why === "expired" ? "expired" : "removed" });
  tell(state, {
    event: "registration",
    level: "info",
    reason: why,
    account: binding.user,
    transport: binding.flow.transport,
    source: sourceText(binding.flow),
  });
}

/** RFC 3261 §10.3 step 8: the answer lists every current binding, as the phones wrote them. */
export function currentContacts(state: EdgeState, now: number, aor: string): readonly (readonly [string, string])[] {
  return state.bindings.ofAor(aor).map((binding) => [
    "Contact",
    formatNameAddr({
      uri: binding.contactUri,
      params: [{ name: "expires", value: String(Math.max(0, Math.round((binding.expiresAt - now) / 1000))) }],
    }),
  ]);
}

/**
 * A failure keeps its status only where a phone can do something with it. All others look the same, so that an unknown
 * account cannot be told from a wrong password or an unserved domain.
 */
function refuse(state: EdgeState, relay: Relay, step: RegisterStep, response: Response): Answer {
  if (response.status === 401 || response.status === 407) {
    const headers = relayedChallenges(state.challenges, relay.flow, relay.request, response);
    return headers.length > 0
      ? { status: response.status, headers }
      : { status: 500, phrase: "PBX challenge unreadable" };
  }
  count(state, { name: "registrations", result: "refused" });
  tell(state, {
    event: "registration",
    level: "warn",
    reason: "refused-by-pbx",
    status: response.status,
    account: step.user,
    transport: relay.flow.transport,
    source: sourceText(relay.flow),
  });
  const minimum = response.headers.get("Min-Expires");
  const seconds = minimum === undefined ? undefined : parseSeconds(minimum);
  if (response.status === 423 && seconds !== undefined)
    return { status: 423, headers: [["Min-Expires", String(seconds)]] };
  if (response.status >= 500) return { status: 503, headers: [["Retry-After", "30"]] };
  return { status: 403 };
}
