/** The next host, or the next trunk, for a call whose first has not answered: the PBX notices nothing (RFC 3263 §4.3). */
import { count, type EdgeState, nameLeg, push, tell } from "../state.ts";
import { type Candidate, hasRoom } from "../trunk/carrier.ts";
import { hopKey } from "../trunk/locate.ts";
import { signedBy } from "../trunk/route-shape.ts";
import { toCarrier } from "../trunk/to-carrier.ts";
import { type HostNews, hostNews } from "../trunk/watch-host.ts";
import { moveUse } from "../use/charge.ts";
import { type Attempt, disarmAttempt } from "./attempt.ts";
import type { Call, Exchange } from "./call.ts";
import { offerMedia } from "./described.ts";
import { farLeg, firstInvite } from "./first-invite.ts";
import { sendInvite } from "./send-invite.ts";
import { leftBy } from "./unwanted.ts";

/** What a host did to a call; true when another one has it now. */
export function failOver(
  state: EdgeState,
  now: number,
  call: Call,
  why: Extract<HostNews, "silent" | "lost" | "refused">,
): boolean {
  const { attempt, exchange } = call;
  if (attempt === undefined || exchange === undefined || !exchange.initial) return false;
  hostNews(state, now, attempt.trunk, hopKey(attempt.hop), why);
  // A call that rang stays where it rings: two hosts would ring two people.
  if (call.ringingAt !== undefined || exchange.phase !== "trying" || call.state === "over") return false;
  disarmAttempt(state, call);
  while (attempt.rest.length > 0) {
    const [next, ...rest] = attempt.rest;
    attempt.rest = rest;
    if (next === undefined) continue;
    const full = next.trunk.config.name !== attempt.trunk && !hasRoom(state, next.trunk, call.b.user);
    if (full && !call.emergency) continue;
    const before = attempt.trunk;
    if (!moveTo(state, now, call, exchange, attempt, next, "next-host")) continue;
    count(state, { name: "trunk_failovers", trunk: before, reason: why });
    if (attempt.trunk !== before) state.attempts.recordTrunk(attempt.trunk, "out");
    return true;
  }
  return false;
}

/** The call begins anew at another host; false when nothing leads there. */
export function moveTo(
  state: EdgeState,
  now: number,
  call: Call,
  exchange: Exchange,
  attempt: Attempt,
  { trunk, hop }: Candidate,
  reason: "next-host" | "redirected",
): boolean {
  const routed = toCarrier(state, exchange.request, { trunk, hop });
  if (routed === undefined) return false;
  leave(state, now, call, exchange);
  attempt.trunk = trunk.config.name;
  attempt.hop = hop;
  attempt.challenges = 0;
  call.identity = signedBy(routed);
  tell(state, { event: "trunk", level: "info", trunk: attempt.trunk, call: call.id, reason, detail: hopKey(hop) });
  state.calls.replaceFar(call, farLeg(state, call.a.flow, exchange.request, routed));
  nameLeg(state, call, call.b.callId);
  moveUse(state, now, call);
  exchange.clientTx = undefined;
  begin(state, now, call, exchange, firstInvite(state, call, exchange.request, routed, []));
  return true;
}

/** The old host is told to stop, should it wake up; its transaction still leads to the call. */
function leave(state: EdgeState, now: number, call: Call, exchange: Exchange): void {
  const { clientTx } = exchange;
  const left = leftBy(call, exchange);
  if (clientTx === undefined || left === undefined) return;
  state.calls.leaveBehind(clientTx, left);
  const cancelled = state.transactions.cancel(now, clientTx);
  if (cancelled !== undefined) push(state, cancelled.out);
}

function begin(
  state: EdgeState,
  now: number,
  call: Call,
  exchange: Exchange,
  invite: Parameters<typeof sendInvite>[3],
): void {
  if (exchange.lateOffer) return sendInvite(state, now, call, invite);
  exchange.sent = invite;
  // Another host may want another kind of media, and sends it from elsewhere: nothing of the first may be learnt from.
  state.out.push({ kind: "media-close", call: call.id });
  call.step = { kind: "invite" };
  offerMedia(state, call, "a", exchange.request.body);
}
