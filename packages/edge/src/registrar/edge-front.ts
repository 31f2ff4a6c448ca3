/** REGISTER of a phone that has proved its password to us: the PBX hears of it only when its own time needs renewing. */
import type { Request, Response } from "@ringfence/sip";
import { respond } from "../egress.ts";
import type { Flow } from "../flow.ts";
import type { RegisterStep, Relay, WantedContact } from "../local/relay.ts";
import { ownText } from "../own-text.ts";
import type { Served } from "../served.ts";
import type { EdgeState } from "../state.ts";
import { sendToPbx } from "../trunk/pbx.ts";
import type { Binding } from "./binding.ts";
import { endFlow } from "./end-flow.ts";
import { currentContacts, putBinding } from "./holding.ts";
import { introduced, phoneSeconds, RENEWAL_MARGIN } from "./lifetime.ts";
import { otherFlows, outboundHeaders } from "./outbound.ts";
import { pbxCredentials } from "./pbx-credentials.ts";
import { ownRegister, repeated } from "./pbx-register.ts";

export function registerHere(state: EdgeState, now: number, served: Served, step: RegisterStep): void {
  const { request, flow } = served;
  if (renewedHere(state, now, request, flow, step)) {
    const outbound = step.contacts !== "*" && step.contacts.some((c) => c.expires > 0 && c.regId !== undefined);
    const headers = [...currentContacts(state, now, step.aor), ...outboundHeaders(flow, outbound)];
    return respond(state, now, served, { status: 200, headers });
  }
  const out = ownRegister(state, step);
  const sent = sendToPbx(state, now, "core-phones", out);
  if (sent === undefined) {
    return respond(state, now, served, { status: 503, headers: [["Retry-After", "5"]] });
  }
  state.relays.add(now, sent, { ...served, step: { ...step, sent: out } });
}

/** True when the PBX knows each contact long enough; the phone may have come over another flow, which it has proved. */
function renewedHere(state: EdgeState, now: number, request: Request, flow: Flow, step: RegisterStep): boolean {
  if (step.contacts === "*" || step.contacts.length === 0) return false;
  const renewed = step.contacts.map((contact) =>
    contact.oneFlow ? undefined : renewedBinding(state, now, request, flow, contact),
  );
  if (step.contacts.some((contact, place) => !contact.oneFlow && renewed[place] === undefined)) return false;
  for (const binding of renewed) if (binding !== undefined) putBinding(state, now, binding);
  for (const contact of step.contacts) if (contact.oneFlow) endFlow(state, now, contact);
  return true;
}

function renewedBinding(
  state: EdgeState,
  now: number,
  request: Request,
  flow: Flow,
  contact: WantedContact,
): Binding | undefined {
  const binding = state.bindings.get(contact.token);
  if (binding === undefined || contact.expires === 0) return undefined;
  const left = (binding.pbxUntil - now) / 1000 - RENEWAL_MARGIN;
  const seconds = phoneSeconds(
    state.settings,
    flow,
    Math.min(contact.expires, state.registrar.nats.seconds(now, flow)),
    left,
  );
  if (seconds < Math.min(contact.expires, MIN_SECONDS)) return undefined;
  return {
    ...binding,
    contactUri: ownText(contact.uri),
    flow,
    regId: contact.regId,
    ice: contact.ice,
    others: otherFlows(binding, flow, contact.regId),
    callId: ownText(request.callId),
    cseq: request.cseq.number,
    expiresAt: now + seconds * 1000,
    provenAt: now,
    ...introduced(binding, now, request),
  };
}

/** Less than this is not worth a phone's while: then the PBX is asked first. */
const MIN_SECONDS = 30;

/** The PBX challenged: answered once for the account that the phone proved to be. False: there is no answer. */
export function answerForPhone(
  state: EdgeState,
  now: number,
  relay: Relay,
  step: RegisterStep,
  response: Response,
): boolean {
  if (step.sent === undefined) return false;
  const credentials = pbxCredentials(state, step.user, step.sent, response);
  if (credentials === undefined) return false;
  const out = repeated(state, step.sent, credentials);
  const sent = sendToPbx(state, now, "core-phones", out);
  if (sent === undefined) return false;
  state.relays.add(now, sent, { ...relay, step: { ...step, sent: out } });
  return true;
}
