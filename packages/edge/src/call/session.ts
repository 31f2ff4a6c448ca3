/**
 * Session timers (RFC 4028). Each leg of a call has one of its own: what the phone and the carrier agreed with us is no
 * business of the PBX, which knows no session timers at all (pbx.md section 1).
 */
import type { Side } from "@ringfence/policy";
import {
  type Deadline,
  endAfter,
  grantSession,
  LEAST_SESSION,
  type Millis,
  type OutRequest,
  type Request,
  type Response,
  readSession,
  refreshAfter,
  type SessionBounds,
  type SessionGrant,
  sessionGranted,
} from "@ringfence/sip";
import type { Answer } from "../egress.ts";
import type { CoreSettings } from "../settings.ts";
import type { EdgeState } from "../state.ts";
import type { Call, Leg } from "./call.ts";
import type { HeaderPair } from "./headers.ts";

export interface Session {
  /** In seconds. */
  readonly expires: number;
  readonly weRefresh: boolean;
  readonly endAt: Millis;
  timer: Deadline;
}

/** A refresh of ours on its way. */
export interface Refresh {
  readonly clientTx: number;
  readonly sent: OutRequest;
  /** Of a re-INVITE: kept for repetitions of its 2xx. */
  ack: Uint8Array | undefined;
}

export interface LegTimer {
  session: Session | undefined;
  refresh: Refresh | undefined;
  /** The longest Min-SE the peer named (§7.4). */
  minSe: number;
  /** 422 to refreshes and INVITEs of ours that were repeated with a longer interval. */
  tooSmall: number;
}

export function newLegTimer(): LegTimer {
  return { session: undefined, refresh: undefined, minSe: LEAST_SESSION, tooSmall: 0 };
}

/** A re-INVITE of ours is on its way on one leg: the offer that waits is nobody's but ours. */
export function refreshing({ a, b }: Pick<Call, "a" | "b">): boolean {
  return [a, b].some(({ timer: { refresh } }) => refresh?.sent.method === "INVITE" && refresh.ack === undefined);
}

type Place = Pick<Leg, "flow" | "trunk">;

/** Undefined where session timers are off. */
export function sessionBounds(
  { config }: CoreSettings,
  side: Side,
  trunk: string | undefined,
): SessionBounds | undefined {
  const { core, phones, trunks } = config;
  const rules = side === "core" ? core : side === "phone" ? phones : trunks.find(({ name }) => name === trunk);
  const timer = rules?.sessionTimer;
  return timer && { expires: Math.ceil(timer.expiresMs / 1000), least: Math.ceil(timer.minMs / 1000) };
}

/** §9: what an INVITE or UPDATE is granted; an answer when it is refused. */
export function judgeSession(
  settings: CoreSettings,
  place: Place,
  request: Request,
  running?: Session,
): SessionGrant | (Answer & { readonly status: number }) | undefined {
  const bounds = sessionBounds(settings, place.flow.side, place.trunk);
  if (bounds === undefined) return undefined;
  const asked = readSession(request.headers);
  if (asked === undefined) return { status: 400, phrase: "Session-Expires or Min-SE is malformed" };
  const grant = grantSession(asked, bounds, running && (running.weRefresh ? "uas" : "uac"));
  return grant === "too-small" ? { status: 422, headers: [["Min-SE", String(bounds.least)]] } : grant;
}

/** In the 2xx that grants it. */
export function grantHeaders(grant: SessionGrant | undefined): readonly HeaderPair[] {
  if (grant === undefined) return [];
  const interval = ["Session-Expires", `${grant.expires};refresher=${grant.refresher}`] as const;
  return grant.required ? [interval, ["Require", "timer"]] : [interval];
}

/** With the 2xx: the timer begins anew, or ends when none was granted (§7.2). */
export function beginGranted(
  state: EdgeState,
  now: Millis,
  call: Call,
  leg: Leg,
  grant: Pick<SessionGrant, "expires" | "refresher"> | undefined,
): void {
  endSession(state, leg);
  if (grant !== undefined) begin(state, now, call, leg, grant.expires, grant.refresher === "uas");
}

/** Of our own INVITE or UPDATE (§7.1, §7.4): who refreshes is named only once it is settled. */
export function askHeaders(settings: CoreSettings, leg: Leg): readonly HeaderPair[] {
  const bounds = sessionBounds(settings, leg.flow.side, leg.trunk);
  if (bounds === undefined) return [];
  const { session, minSe } = leg.timer;
  const least = Math.max(bounds.least, minSe);
  const expires = Math.max(session?.expires ?? bounds.expires, least);
  const refresher = session === undefined ? "" : `;refresher=${session.weRefresh ? "uac" : "uas"}`;
  const asked = ["Session-Expires", `${expires}${refresher}`] as const;
  const known: readonly HeaderPair[] = [["Supported", "timer"], asked];
  return least > LEAST_SESSION ? [...known, ["Min-SE", String(least)]] : known;
}

/** A 2xx to an INVITE or UPDATE of ours: what it grants begins now; one that cannot be read grants nothing. */
export function sessionAnswered(state: EdgeState, now: Millis, call: Call, leg: Leg, response: Response): void {
  if (sessionBounds(state.settings, leg.flow.side, leg.trunk) === undefined) return;
  const said = readSession(response.headers);
  const granted = said && sessionGranted(said);
  endSession(state, leg);
  if (granted !== undefined) begin(state, now, call, leg, granted.expires, granted.refresher === "uac");
}

function begin(state: EdgeState, now: Millis, call: Call, leg: Leg, expires: number, weRefresh: boolean): void {
  const endAt = now + endAfter(expires);
  const first = weRefresh ? now + refreshAfter(expires) : endAt;
  leg.timer.session = { expires, weRefresh, endAt, timer: armSession(state, call, leg, first) };
  leg.timer.tooSmall = 0;
}

/** The next thing happens then, the end at the latest. */
export function postponeRefresh(state: EdgeState, call: Call, leg: Leg, at: Millis): void {
  const { session } = leg.timer;
  if (session === undefined) return;
  state.deadlines.disarm(session.timer);
  session.timer = armSession(state, call, leg, Math.min(at, session.endAt));
}

function armSession(state: EdgeState, call: Call, leg: Leg, at: Millis): Deadline {
  const timer = leg.name === "a" ? "session-a" : "session-b";
  return state.deadlines.arm(at, { owner: "call", call: call.id, timer });
}

export function endSession(state: EdgeState, leg: Leg): void {
  const { session } = leg.timer;
  if (session !== undefined) state.deadlines.disarm(session.timer);
  leg.timer.session = undefined;
}
