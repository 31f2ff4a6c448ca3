/**
 * 3xx to a first INVITE. An address in it is never called because it was named: whoever answers could send calls, and the
 * bill for them, anywhere. A phone that forwards tells the PBX a number; a carrier whose `redirects` are followed names
 * another of its own hosts; everything else is a refusal.
 */
import { type Hop, parseContacts, parseUri, type Response, sipUri, type Uri } from "@ringfence/sip";
import { dialledText } from "../dialled-text.ts";
import { userOf } from "../egress.ts";
import { noteRefusal } from "../refusal.ts";
import type { TrunkSettings } from "../settings.ts";
import { lookOn } from "../shadow.ts";
import type { EdgeState } from "../state.ts";
import { hopKey } from "../trunk/locate.ts";
import type { Attempt } from "./attempt.ts";
import type { Call, Exchange, Leg } from "./call.ts";
import { moveTo } from "./failover.ts";
import type { HeaderPair } from "./headers.ts";

/** Targets of one answer that are looked at. */
const MAX_TARGETS = 3;
/** Redirects of one call: two hosts that name each other end here. */
const MAX_REDIRECTS = 3;

function targets(response: Response): readonly Uri[] {
  const contacts = parseContacts(response.headers.all("Contact"));
  if (contacts === undefined || contacts === "*") return [];
  return contacts.slice(0, MAX_TARGETS).map(({ uri }) => uri);
}

/** True when the INVITE is on its way to another host of the same carrier. */
export function followRedirect(
  state: EdgeState,
  now: number,
  call: Call,
  exchange: Exchange,
  response: Response,
): boolean {
  const { attempt } = call;
  if (response.status < 300 || response.status >= 400 || attempt === undefined || !exchange.initial) return false;
  const trunk = state.settings.trunks.find(({ config }) => config.name === attempt.trunk);
  if (trunk?.config.redirects !== "follow" || attempt.redirects >= MAX_REDIRECTS) return false;
  const dialled = parseUri(exchange.sent?.uri ?? "");
  for (const target of targets(response)) {
    // The number is what policy and caller agreed on; a carrier that wants another one called is refused.
    const hop = userOf(target) === (dialled && userOf(dialled)) ? hopNamed(trunk, attempt, target) : undefined;
    if (hop === undefined) continue;
    attempt.redirects += 1;
    if (moveTo(state, now, call, exchange, attempt, { trunk, hop }, "redirected")) return true;
  }
  return false;
}

/** A host of the file, by its name or by an address that DNS gave for it; not the one that answered. */
function hopNamed(trunk: TrunkSettings, attempt: Attempt, target: Uri): Hop | undefined {
  if (target.kind !== "sip") return undefined;
  const { port } = target;
  const name = target.host.toLowerCase();
  return trunk.hops.find(
    (hop) =>
      (hop.host === name || hop.address === name) &&
      (port === undefined || port === hop.port) &&
      hopKey(hop) !== hopKey(attempt.hop),
  );
}

/**
 * The PBX carries out a phone's call forwarding itself: it gets the number, at its own domain, and no address. A number that
 * the phone may not call is left out: forwarding to it is the older way to have somebody else pay.
 */
export function redirection(
  state: EdgeState,
  near: Leg,
  far: Leg,
  response: Response,
): { status: number; headers: readonly HeaderPair[] } | undefined {
  if (near.flow.side !== "core" || far.flow.side !== "phone") return undefined;
  const host = near.flow.packetSource.address;
  const users = targets(response).flatMap((target) => (mayForward(state, far, target) ? [userOf(target)] : []));
  const headers = users.flatMap((user): readonly HeaderPair[] =>
    user === undefined ? [] : [["Contact", `<${sipUri({ user, host }).raw}>`]],
  );
  return headers.length > 0 ? { status: response.status, headers } : undefined;
}

function mayForward(state: EdgeState, far: Leg, target: Uri): boolean {
  const { policy } = state.settings;
  if (far.account === undefined) return false;
  const verdict = policy.decideDestination(policy.readNumber(dialledText(target)), { account: far.account });
  if (verdict.shadow !== undefined) lookOn(state, state.now, far.flow, { ...verdict.shadow, method: "INVITE" });
  if (verdict.action === "allow") return true;
  const { reason, rule, chain } = verdict;
  const why = { by: "policy", reason, rule, chain, account: far.account } as const;
  const asked = { method: "INVITE", to: userOf(target) };
  noteRefusal(state, state.now, far.flow, asked, { ...why, detail: "named in a redirection" });
  return false;
}

/** What a caller is told of a redirect that nobody follows (RFC 3326). */
export function redirected(reason: readonly HeaderPair[], status: number): readonly HeaderPair[] {
  return reason.length > 0 ? reason : [["Reason", `SIP;cause=${status}`]];
}
