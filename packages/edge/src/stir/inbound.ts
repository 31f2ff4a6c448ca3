/**
 * A carrier's call whose caller's number is to be verified. The call exists and waits, so that limits count it and a CANCEL
 * finds it; the certificate is asked for by an output and comes back as an input. The PBX hears nothing before.
 */
import type { TrunkConfig } from "@ringfence/policy";
import { rejectReasons } from "@ringfence/policy";
import type { Millis, Request } from "@ringfence/sip";
import type { Call } from "../call/call.ts";
import type { HeaderPair } from "../call/headers.ts";
import { launch } from "../call/launch.ts";
import { endCall } from "../call/teardown.ts";
import { respond, userOf } from "../egress.ts";
import type { Flow } from "../flow.ts";
import { askedBy, noteRefusal } from "../refusal.ts";
import { servedOf } from "../served.ts";
import { count, type EdgeState, tell } from "../state.ts";
import { callerOf } from "../trunk/caller-headers.ts";
import type { Route } from "../trunk/route-shape.ts";
import { canonicalNumber } from "./canonical-number.ts";
import type { Credential } from "./credential.ts";
import { type CredentialPlace, credentialPlace } from "./credential-place.ts";
import { explain } from "./diversion.ts";
import { findingOf, type IdentityOutcome } from "./outcome.ts";
import type { Passport } from "./passport.ts";
import { type CallFacts, verifyWith } from "./verify.ts";
import { withVerstat } from "./verstat.ts";

/** The trunk whose calls are looked at; undefined: this call is not. */
export function verifyingTrunk(state: EdgeState, flow: Flow): TrunkConfig | undefined {
  if (flow.side !== "trunk") return undefined;
  const config = state.settings.trunks.find((t) => t.config.name === flow.trunk)?.config;
  return config === undefined || config.identity.verify === "off" ? undefined : config;
}

/** What the call does when its caller is known. */
export interface Pending {
  readonly trunk: TrunkConfig;
  readonly routed: Route;
  readonly references: readonly HeaderPair[];
}

export function checkIdentity(state: EdgeState, now: Millis, call: Call, request: Request, pending: Pending): void {
  const { trunk } = pending;
  const { windowMs } = state.settings.config.stir;
  const facts = factsOf(request, trunk);
  const chain = explain(request.headers.all("Identity"), facts, wallOf(state, now), windowMs);
  if (typeof chain === "string") return conclude(state, now, call, pending, chain);
  prove(state, now, call, pending, { chain, at: 0 });
}

/** Tokens that have to hold, one after the other; those before `at` do. */
export interface Claim {
  readonly chain: readonly Passport[];
  readonly at: number;
}

function prove(state: EdgeState, now: Millis, call: Call, pending: Pending, claim: Claim): void {
  const passport = claim.chain[claim.at];
  if (passport === undefined) return proven(state, now, call, pending, claim);
  const place = credentialPlace(passport.x5u, state.settings.config.stir.x5uHosts);
  if (place === undefined) return conclude(state, now, call, pending, "x5u-refused", passport);
  const known = state.stir.credentials.get(place.url, trustOf(state), now);
  if (known !== undefined) return judge(state, now, call, pending, claim, known);
  call.step = { kind: "identity", pending, claim };
  // A caller who was diverted often waits no longer than another.
  const patient = now - call.startedAt < LONGEST_WAIT;
  if (!patient || !ask(state, now, call, place)) judge(state, now, call, pending, claim, "x5u-unreachable");
}

/** Each of them was good. The last is of this call alone: of a call that is forked each branch may be diverted elsewhere. */
function proven(state: EdgeState, now: Millis, call: Call, pending: Pending, { chain }: Claim): void {
  const [first, last] = [chain[0], chain.at(-1)];
  const wall = wallOf(state, now);
  const { windowMs } = state.settings.config.stir;
  const copied = last !== undefined && state.stir.replays.isReplay(last, call.a.callId, wall, windowMs);
  conclude(state, now, call, pending, copied ? "replayed" : "verified", first);
}

/** At one time. A carrier signs with a few certificates; more means that something is wrong with who sends. */
const MAX_FETCHING = 8;
/** A caller hears nothing meanwhile. */
const LONGEST_WAIT = 2_000;

/** False: too many are being fetched. */
function ask(state: EdgeState, now: Millis, call: Call, place: CredentialPlace): boolean {
  const { fetching } = state.stir;
  const under = fetching.get(place.url);
  if (under !== undefined) {
    under.calls.push(call.id);
    return true;
  }
  if (fetching.size >= MAX_FETCHING) return false;
  const timer = state.deadlines.arm(now + LONGEST_WAIT, { owner: "credential", url: place.url });
  fetching.set(place.url, { calls: [call.id], timer });
  state.out.push({ kind: "credential-fetch", place });
  return true;
}

/** @returns true when the call goes on or is over, and false when it was not waiting for this */
export function resume(state: EdgeState, now: Millis, call: Call, found: Credential | IdentityOutcome): boolean {
  const { step } = call;
  if (step?.kind !== "identity") return false;
  judge(state, now, call, step.pending, step.claim, found);
  return true;
}

function judge(
  state: EdgeState,
  now: Millis,
  call: Call,
  pending: Pending,
  claim: Claim,
  found: Credential | IdentityOutcome,
): void {
  const passport = claim.chain[claim.at];
  if (passport === undefined) return proven(state, now, call, pending, claim);
  const outcome = typeof found === "string" ? found : verifyWith(found, passport, wallOf(state, now));
  if (outcome !== "verified") return conclude(state, now, call, pending, outcome, passport);
  prove(state, now, call, pending, { ...claim, at: claim.at + 1 });
}

function conclude(
  state: EdgeState,
  now: Millis,
  call: Call,
  { trunk, routed, references }: Pending,
  outcome: IdentityOutcome,
  passport?: Passport,
): void {
  call.step = undefined;
  const finding = findingOf(outcome);
  const attest = finding === "verified" ? passport?.attest : undefined;
  call.identity = attest === undefined ? outcome : `${outcome}-${attest}`;
  count(state, { name: "identity_verifications", trunk: trunk.name, outcome, attest: attest ?? "none" });
  tell(state, {
    event: "identity",
    level: finding === "verified" || finding === "missing" ? "info" : "warn",
    trunk: trunk.name,
    call: call.id,
    from: call.a.user,
    to: call.b.user,
    reason: outcome,
    identity: call.identity,
    detail: passport === undefined ? undefined : `x5u ${passport.x5u} origid ${passport.origid ?? "none"}`,
  });
  const verdict = state.settings.policy.decideIdentity({ trunk: trunk.name, finding });
  if (verdict.action === "allow") {
    const told = trunk.identity.verstat ? withVerstat(routed, outcome) : routed;
    return launch(state, now, call, told, references);
  }
  const { exchange } = call;
  if (exchange === undefined) return;
  exchange.phase = "done";
  const { reason, rule, chain } = verdict;
  const { status, text } = rejectReasons[reason];
  const why = { by: "policy", reason, rule, chain, status, call: call.id } as const;
  const noted = noteRefusal(state, now, call.a.flow, askedBy(exchange.request), why);
  call.decision = noted.decision;
  const answer = { status, phrase: text, toTag: call.a.localTag, ...noted };
  respond(state, now, servedOf(exchange, call.a), answer);
  endCall(state, now, call, "identity", "ringfence", status);
}

/** The caller as the PBX will see it. Who is anonymous in From may still be asserted to us. */
function factsOf(request: Request, { numbers }: TrunkConfig): CallFacts {
  const shown = callerOf(request, numbers.callerId).user ?? callerOf(request, "pai").user;
  const called = userOf(request.to.uri);
  return {
    caller: shown === undefined ? undefined : canonicalNumber(shown, numbers),
    called: called === undefined ? undefined : canonicalNumber(called, numbers),
    date: request.headers.get("Date"),
  };
}

function wallOf(state: EdgeState, now: Millis): number {
  return now + state.stir.wallOffset;
}

export function trustOf(state: EdgeState) {
  return state.settings.stir?.trust ?? nobody;
}

const nobody: NonNullable<EdgeState["settings"]["stir"]>["trust"] = [];
