/** What the PBX said to a REGISTER: only its 2xx makes, renews or removes a binding (threat L12: no state before that). */
import type { Response } from "@ringfence/sip";
import { type Answer, respond, sourceText } from "../egress.ts";
import type { RegisterStep, Relay } from "../local/relay.ts";
import { count, type EdgeState, tell } from "../state.ts";
import { relayedChallenges, relayedCredentials } from "./credentials.ts";
import { answerForPhone } from "./edge-front.ts";
import { currentContacts, grantedSeconds, putBinding, removeBinding } from "./holding.ts";
import { detached, phoneSeconds } from "./lifetime.ts";
import { otherFlows, outboundHeaders } from "./outbound.ts";
import { learnRealm } from "./pbx-credentials.ts";
import { parseSeconds } from "./seconds.ts";

export function registered(state: EdgeState, now: number, relay: Relay, step: RegisterStep, response: Response): void {
  if (response.status < 200) return;
  const challenged = response.status === 401 || response.status === 407;
  if (challenged && answerForPhone(state, now, relay, step, response)) return;
  noteAttempt(state, now, relay, step, response);
  const answer =
    response.status < 300 ? accept(state, now, relay, step, response) : refuse(state, relay, step, response);
  respond(state, now, relay.serverTx, relay.request, relay.flow, answer);
}

/** Wrong passwords as the PBX saw them: it bans who goes on, and behind us all phones are one address (pbx.md finding 1). */
function noteAttempt(state: EdgeState, now: number, relay: Relay, step: RegisterStep, response: Response): void {
  const { failures } = state.registrar;
  const source = relay.flow.packetSource.address;
  if (response.status < 300) return failures.clear(source, step.user);
  const wrong = response.status === 401 || response.status === 407 || response.status === 403;
  if (!wrong || step.sent !== undefined || relayedCredentials(relay.request).headers.length === 0) return;
  state.pbxHealth.refusedAt = now;
  failures.record(now, source, step.user, state.settings.config.defence.failures);
}

function accept(state: EdgeState, now: number, relay: Relay, step: RegisterStep, response: Response): Answer {
  state.challenges.accepted(relay.flow, step.user);
  if (step.sent !== undefined) learnRealm(state, step.sent);
  if (step.contacts === "*") {
    for (const binding of state.bindings.ofAor(step.aor)) removeBinding(state, now, binding.token, "removed");
    return { status: 200 };
  }
  for (const contact of step.contacts) {
    const granted = grantedSeconds(state, step, contact, response);
    if (granted === 0) {
      removeBinding(state, now, contact.token, "removed");
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
      provenAt: now,
      regId: contact.regId,
      others: otherFlows(state.bindings.get(contact.token), relay.flow, contact.regId),
    });
  }
  const outbound = step.contacts.some((contact) => contact.expires > 0 && contact.regId !== undefined);
  return { status: 200, headers: [...currentContacts(state, now, step.aor), ...outboundHeaders(relay.flow, outbound)] };
}

/**
 * A failure keeps its status only where a phone can do something with it. All others look the same, so that an unknown
 * account cannot be told from a wrong password or an unserved domain.
 */
function refuse(state: EdgeState, relay: Relay, step: RegisterStep, response: Response): Answer {
  // With our own credentials it is our answer that was wrong: the PBX's challenge is nothing for a phone then.
  if ((response.status === 401 || response.status === 407) && step.sent === undefined) {
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
