/** What the PBX said to a REGISTER: only its 2xx makes, renews or removes a binding (threat L12: no state before that). */
import type { Response } from "@ringfence/sip";
import { type Answer, respond, sourceText } from "../egress.ts";
import type { RegisterStep, Relay } from "../local/relay.ts";
import { ownText } from "../own-text.ts";
import { count, type EdgeState, tell } from "../state.ts";
import type { NamedChallenge } from "./challenge-shape.ts";
import { challengesIn, writtenChallenges } from "./credentials.ts";
import { answerForPhone } from "./edge-front.ts";
import { endFlow } from "./end-flow.ts";
import { currentContacts, grantedSeconds, putBinding, removeBinding } from "./holding.ts";
import { introduced, phoneSeconds } from "./lifetime.ts";
import { otherFlows, outboundHeaders } from "./outbound.ts";
import { learnRealm } from "./pbx-credentials.ts";
import { parseSeconds } from "./seconds.ts";
import { logUnwelcome } from "./unwelcome.ts";

export function registered(state: EdgeState, now: number, relay: Relay, step: RegisterStep, response: Response): void {
  if (response.status < 200) return;
  const challenged = response.status === 401 || response.status === 407;
  if (challenged && answerForPhone(state, now, relay, step, response)) return;
  const answer =
    response.status < 300 ? accept(state, now, relay, step, response) : refuse(state, relay, step, response);
  respond(state, now, relay, answer);
}

function accept(state: EdgeState, now: number, relay: Relay, step: RegisterStep, response: Response): Answer {
  state.challenges.accepted(relay.flow, step.user);
  if (step.denied !== undefined) {
    count(state, { name: "registrations", result: "refused" });
    const { reason, status } = step.denied;
    const noted = logUnwelcome(state, now, relay.flow, relay.request, { reason, account: step.user, status });
    return { ...step.denied, ...noted };
  }
  if (step.sent !== undefined) learnRealm(state, step.sent);
  if (step.contacts === "*") {
    for (const binding of state.bindings.ofAor(step.aor)) removeBinding(state, now, binding.token, "removed");
    return { status: 200 };
  }
  for (const contact of step.contacts) {
    if (contact.oneFlow) {
      endFlow(state, now, contact);
      continue;
    }
    const granted = grantedSeconds(state, step, contact, response);
    if (granted === 0) {
      removeBinding(state, now, contact.token, "removed");
      continue;
    }
    const mapped = state.registrar.nats.seconds(now, relay.flow);
    putBinding(state, now, {
      token: contact.token,
      aor: step.aor,
      user: step.user,
      domain: step.domain,
      shownDomain: step.shownDomain,
      contactUri: ownText(contact.uri),
      flow: relay.flow,
      callId: ownText(relay.request.callId),
      cseq: relay.request.cseq.number,
      expiresAt: now + phoneSeconds(state.settings, relay.flow, Math.min(contact.expires, mapped), granted) * 1000,
      pbxUntil: now + granted * 1000,
      confirmedAt: now,
      provenAt: now,
      ...introduced(state.bindings.get(contact.token), now, relay.request),
      regId: contact.regId,
      ice: contact.ice,
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
    const challenges = challengesIn(response);
    if (challenges.length === 0) return { status: 500, phrase: "PBX challenge unreadable" };
    state.registrar.shape.seen(challenges);
    return challenged(state, relay, challenges);
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
  // An account that the PBX does not know, or does not want, is asked for its password like any other.
  const decoy = step.sent === undefined ? state.registrar.shape.decoy(state.random) : [];
  return decoy.length > 0 ? challenged(state, relay, decoy) : { status: 403 };
}

function challenged(state: EdgeState, { flow, request }: Relay, challenges: readonly NamedChallenge[]): Answer {
  const status = challenges.some(({ header }) => header === "WWW-Authenticate") ? 401 : 407;
  return { status, headers: writtenChallenges(state.challenges, flow, request, challenges) };
}
