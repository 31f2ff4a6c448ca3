/** 422 to an INVITE of ours: once more with the interval the other side wants (RFC 4028 §7.3). */
import { afterTooSmall, nextSequence, type OutRequest, type Response, readSession } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import type { Call, Exchange, Leg } from "./call.ts";
import { sendInvite } from "./send-invite.ts";

/** In seconds: who wants less signs of life than one a day wants none. */
export const LONGEST = 86_400;
/** Each proxy on the way may want more than the one before; more than two such is a game. */
export const MAX_LONGER = 2;

/** True when the INVITE is on its way again. */
export function retryLonger(
  state: EdgeState,
  now: number,
  call: Call,
  exchange: Exchange,
  far: Leg,
  response: Response,
): boolean {
  const { sent } = exchange;
  if (sent === undefined || far.timer.tooSmall >= MAX_LONGER) return false;
  const next = afterTooSmall(readSession(response.headers)?.minSe, intervalOf(sent), LONGEST);
  if (next === undefined) return false;
  far.timer.tooSmall += 1;
  far.timer.minSe = next;
  const headers = nextSequence(sent).set("Session-Expires", String(next)).set("Min-SE", String(next));
  const again: OutRequest = { ...sent, headers };
  if (exchange.initial || far.dialog === undefined) far.dialog = undefined;
  else far.dialog = { ...far.dialog, localSeq: far.dialog.localSeq + 1 };
  exchange.clientTx = undefined;
  sendInvite(state, now, call, again);
  return true;
}

/** What a request of ours asked for; none is more than anybody can want. */
export function intervalOf(sent: OutRequest): number {
  return readSession(sent.headers)?.expires ?? LONGEST;
}
