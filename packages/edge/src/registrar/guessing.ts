/**
 * Wrong passwords, whoever says they are wrong: with `authentication: edge` we do, with `relay` the PBX's answers do,
 * whatever the method. After `defence.failures` of them the PBX sees no more: it bans who goes on, and behind us all phones
 * are one address (pbx.md finding 1).
 *
 * Counted at its place for an account: who shares the address of an office holds no neighbour's account, and where a phone is
 * registered its account is counted by its own flow, so that nobody else behind that address can hold it. Counted of a source
 * for different accounts, which bans it, and of an account from different sources, which locks it for places it was never at.
 */
import type { PenaltyRule } from "@ringfence/dgram-rate-limiter";
import type { Request, Response } from "@ringfence/sip";
import { began } from "../defence/bans.ts";
import { isJudged } from "../defence/hearing.ts";
import { ruleOf } from "../defence/rule.ts";
import { answerStateless, userOf, validated } from "../egress.ts";
import type { Flow } from "../flow.ts";
import { lookOn } from "../shadow.ts";
import { count, type EdgeState } from "../state.ts";
import { credentialsFit, type RelayedCredentials, relayedCredentials } from "./credentials.ts";
import { identityOn } from "./identity.ts";
import { noCredentials } from "./pbx-register.ts";
import { logUnwelcome } from "./unwelcome.ts";

export function isHeld(state: EdgeState, now: number, flow: Flow, account: string, { method }: Request): boolean {
  if (!isHeldHere(state, now, flow, account) && !isLockedOut(state, now, flow, account)) return false;
  if (state.settings.config.defence.mode === "enforce") return true;
  lookOn(state, now, flow, { rule: "failures", reason: "guessing-held", method, account });
  return false;
}

/** The sender is at the address it says: a guess over a challenge that went elsewhere is not told here. */
export function noteWrong(state: EdgeState, now: number, flow: Flow, account: string): void {
  const { penalties } = state;
  const { address } = flow.packetSource;
  penalties.failedAt(now, placeOf(state, flow, account), account, holdRule(state));
  state.conducts.failed(now, account, address);
  if (!isJudged(state, flow)) return;
  began(state, now, penalties.failed(now, address, "proven", ruleOf(state), "wrong-passwords", account));
  began(state, now, penalties.failedAccount(now, account, address, ruleOf(state), "wrong-passwords"));
}

export function noteRight(state: EdgeState, now: number, flow: Flow, account: string): void {
  const { penalties } = state;
  penalties.forgive(now, placeOf(state, flow, account), account);
  penalties.forgive(now, flow.packetSource.address, account);
  penalties.answered(now, flow.id);
}

/** Held for the window at first, so that a typing error costs a minute; who goes on waits longer, as long as a ban at most. */
function holdRule(state: EdgeState): PenaltyRule {
  const rule = ruleOf(state);
  return { ...rule, banMs: rule.windowMs, longestMs: Math.max(rule.windowMs, rule.banMs) };
}

function isHeldHere(state: EdgeState, now: number, flow: Flow, account: string): boolean {
  return state.penalties.isHeld(now, placeOf(state, flow, account), account);
}

/** Guessed at from many sources: nobody who was never there before gets in, and whoever uses the account notices nothing. */
function isLockedOut(state: EdgeState, now: number, flow: Flow, account: string): boolean {
  if (!state.penalties.isLocked(now, account) || !isJudged(state, flow)) return false;
  return !state.registrar.places.knows(account, flow.packetSource.address);
}

function placeOf(state: EdgeState, flow: Flow, account: string): string {
  const registered = state.bindings.onFlow(flow.id).some((binding) => binding.user === account);
  return registered ? flow.id : flow.packetSource.address;
}

/** `relay`: a request with credentials whose sender has guessed too often is answered here. True when it was. */
export function refusedForGuessing(state: EdgeState, now: number, flow: Flow, request: Request): boolean {
  if (state.settings.accounts !== undefined || flow.side !== "phone" || !carriesAny(request)) return false;
  const account = accountOf(state, flow, request);
  if (account === undefined || !isHeld(state, now, flow, account, request)) return false;
  count(state, { name: "authentications", result: "held" });
  const noted = logUnwelcome(state, now, flow, request, { reason: "guessing-held", account, status: 403 });
  answerStateless(state, request, flow, { status: 403, ...noted });
  return true;
}

/** `relay`: what the PBX says of the credentials that a phone sent with this request. */
export function notePbxAnswer(state: EdgeState, now: number, flow: Flow, request: Request, response: Response): void {
  if (state.settings.accounts !== undefined || flow.side !== "phone" || !carriesAny(request)) return;
  const account = accountOf(state, flow, request);
  if (account === undefined) return;
  if (response.status > 100 && response.status < 300) return noteRight(state, now, flow, account);
  if (!saysWrong(request, response)) return;
  if (crossingCredentials(state, flow, account, request).headers.length === 0) return;
  count(state, { name: "authentications", result: "failed" });
  state.pbxHealth.refusedAt = now;
  noteWrong(state, now, flow, account);
  logUnwelcome(state, now, flow, request, { reason: "wrong-password", account });
}

/** Of a REGISTER every refusal is about the account; to others 403 and 404 say what may be called. */
function saysWrong({ method }: Request, { status }: Response): boolean {
  if (status === 401 || status === 407) return true;
  return method === "REGISTER" && status >= 400 && status < 500 && status !== 423 && status !== 408;
}

/**
 * `relay`: the credentials that go to the PBX with a request. Not those of somebody else, nor those of a datagram over a
 * challenge that never went to its source: the source may be forged, and a guess would count against whoever is there.
 * Then the PBX sees the request as if nothing had come, and asks.
 */
export function crossingCredentials(
  state: EdgeState,
  flow: Flow,
  account: string | undefined,
  request: Request,
): RelayedCredentials {
  if (state.settings.accounts !== undefined || flow.side !== "phone") return noCredentials;
  const credentials = relayedCredentials(request);
  if (account !== undefined && !credentialsFit(credentials, account)) return noCredentials;
  const asked = userOf(request.from.uri) ?? "";
  const known = validated(state, flow) || state.challenges.knows(flow, asked, credentials.nonces);
  return known ? credentials : noCredentials;
}

function carriesAny({ headers }: Request): boolean {
  return headers.has("Authorization") || headers.has("Proxy-Authorization");
}

function accountOf(state: EdgeState, flow: Flow, request: Request): string | undefined {
  if (request.method === "REGISTER") return userOf(request.to.uri);
  return identityOn(state, flow, request)?.user;
}
