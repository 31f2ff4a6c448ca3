/**
 * A refresh that the PBX need not see. It is absorbed only when nothing is left to decide: the same flow, the same
 * contact, the same Call-ID and a sequence that goes on, of a binding that lives and whose time at the PBX outlasts what
 * the phone gets. All else goes to the PBX, which asks for the password: so each phone proves itself again once in the
 * PBX's time. Address and port alone prove nothing over UDP; the Call-ID is what a forger does not see.
 */
import { type NameAddr, parseContacts, type Request } from "@ringfence/sip";
import { answerStateless, stableTag } from "../egress.ts";
import type { Flow } from "../flow.ts";
import { count, type EdgeState } from "../state.ts";
import type { Binding, OneFlow } from "./binding.ts";
import { relayedCredentials } from "./credentials.ts";
import { currentContacts } from "./holding.ts";
import { addressOfRecord } from "./identity.ts";
import { phoneSeconds, RENEWAL_MARGIN } from "./lifetime.ts";
import { outboundHeaders, regIdOf } from "./outbound.ts";
import { parseSeconds } from "./seconds.ts";

interface Refresh {
  readonly binding: Binding;
  /** Of the binding: the one it came over. */
  readonly over: OneFlow;
  readonly seconds: number;
}

/** Answers without a transaction and without state: a repetition of the same request gets the same answer again. */
export function absorbed(state: EdgeState, now: number, flow: Flow, request: Request): boolean {
  if (flow.side !== "phone") return false;
  const known = state.bindings.onFlow(flow.id);
  if (known.length === 0) return false;
  const refreshes = refreshesOf(state, now, flow, request, known);
  const first = refreshes?.[0];
  if (refreshes === undefined || first === undefined) return false;
  for (const { over, seconds } of refreshes) {
    over.cseq = request.cseq.number;
    over.expiresAt = now + seconds * 1000;
  }
  count(state, { name: "registrations", result: "absorbed" });
  const outbound = outboundHeaders(
    flow,
    refreshes.some(({ over }) => over.regId !== undefined),
  );
  first.over.answerTag ??= stableTag(state, request);
  const headers = [...currentContacts(state, now, first.binding.aor), ...outbound];
  answerStateless(state, request, flow, { status: 200, toTag: first.over.answerTag, headers });
  return true;
}

/** Every contact of the request with its binding, or undefined when one of them is not a plain refresh. */
function refreshesOf(
  state: EdgeState,
  now: number,
  flow: Flow,
  request: Request,
  known: readonly Binding[],
): readonly Refresh[] | undefined {
  const account = addressOfRecord(state.settings, request.to.uri);
  const from = addressOfRecord(state.settings, request.from.uri);
  if (account === undefined || from?.user !== account.user || from.domain !== account.domain) return undefined;
  const aor = `${account.user}@${account.domain}`;
  const contacts = parseContacts(request.headers.all("Contact"));
  if (contacts === undefined || contacts === "*" || contacts.length === 0) return undefined;
  const refreshes: Refresh[] = [];
  for (const contact of contacts) {
    const found = flowOf(known, aor, flow, contact);
    if (found === undefined || !goesOn(found.over, request)) return undefined;
    const { binding, over } = found;
    if (over.regId !== regIdOf(request, contact) || mustBeTold(state, now, flow, request, binding)) return undefined;
    if (state.settings.accounts !== undefined && now - binding.provenAt > PROOF_AGE) return undefined;
    const asked = secondsAsked(contact, request);
    if (asked === undefined || asked === 0) return undefined;
    const left = (binding.pbxUntil - now) / 1000 - RENEWAL_MARGIN;
    const seconds = phoneSeconds(state.settings, flow, asked, state.registrar.nats.seconds(now, flow));
    if (left < seconds) return undefined;
    refreshes.push({ binding, over, seconds });
  }
  return refreshes;
}

/**
 * The PBX was away and may know nobody. With `edge` everybody is registered anew in a row (renewal.ts). With `relay` the
 * phones' own refreshes tell it, at the same pace: who finds no place is answered here once more and comes again. A phone
 * that answers the PBX's challenge has its place already.
 */
function mustBeTold(state: EdgeState, now: number, flow: Flow, request: Request, binding: Binding): boolean {
  if (binding.confirmedAt >= state.pbx.backAt || state.settings.accounts !== undefined) return false;
  if (state.challenges.knows(flow, binding.user, relayedCredentials(request).nonces)) return true;
  return state.registrar.own.takePlace(now, state.settings.config.pbx.registersPerSecond);
}

function flowOf(
  known: readonly Binding[],
  aor: string,
  flow: Flow,
  { uri }: NameAddr,
): Pick<Refresh, "binding" | "over"> | undefined {
  for (const binding of known) {
    if (binding.aor !== aor) continue;
    const over = [binding, ...binding.others].find((one) => one.flow.id === flow.id && one.contactUri === uri.raw);
    if (over !== undefined) return { binding, over };
  }
  return undefined;
}

/** With `authentication: edge` the PBX's time is ours to renew, so it does not bring the phone's password: this does. */
const PROOF_AGE = 600_000;

/** Asked for when nothing is said; far above what is granted. */
const MAX_SECONDS = 86_400;

/** RFC 3261 §10.3 step 7. The same number is the same request once more. */
function goesOn(over: OneFlow, request: Request): boolean {
  return over.callId === request.callId && request.cseq.number >= over.cseq;
}

function secondsAsked(contact: NameAddr, request: Request): number | undefined {
  const text = contact.params.find((p) => p.name === "expires")?.value ?? request.headers.get("Expires");
  return text === undefined ? MAX_SECONDS : parseSeconds(text);
}
