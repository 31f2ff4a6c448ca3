/** The next host, or the next trunk, for a call whose first has not answered: the PBX notices nothing (RFC 3263 §4.3). */
import { count, type EdgeState, push, tell } from "../state.ts";
import { hasRoom } from "../trunk/carrier.ts";
import { hopKey } from "../trunk/locate.ts";
import { toCarrier } from "../trunk/to-carrier.ts";
import { type HostNews, hostNews } from "../trunk/watch-host.ts";
import { disarmAttempt } from "./attempt.ts";
import type { Call, Exchange } from "./call.ts";
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
    const full = next.trunk.config.name !== attempt.trunk && !hasRoom(state, next.trunk);
    if (full && !call.emergency) continue;
    const routed = toCarrier(state, exchange.request, next);
    if (routed === undefined) continue;
    leave(state, now, call, exchange);
    count(state, { name: "trunk_failovers", trunk: attempt.trunk, reason: why });
    if (next.trunk.config.name !== attempt.trunk) state.attempts.recordTrunk(next.trunk.config.name, "out");
    attempt.trunk = next.trunk.config.name;
    attempt.hop = next.hop;
    attempt.challenges = 0;
    tell(state, {
      event: "trunk",
      level: "info",
      trunk: attempt.trunk,
      call: call.id,
      reason: "next-host",
      detail: hopKey(next.hop),
    });
    state.calls.replaceFar(call, farLeg(state, call.a.flow, exchange.request, routed));
    exchange.clientTx = undefined;
    begin(state, now, call, exchange, firstInvite(state, call, exchange.request, routed, []));
    return true;
  }
  return false;
}

/** The old host is told to stop, should it wake up. */
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
  call.media = true;
  const legs = { a: call.a.media, b: call.b.media };
  state.out.push({ kind: "media-offer", call: call.id, from: "a", sdp: exchange.request.body, legs });
}
