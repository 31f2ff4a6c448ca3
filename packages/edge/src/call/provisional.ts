/** Provisional answers on their way back to who called, and the early dialogs they make: one for each fork that rings. */
import { type Response, uacDialog } from "@ringfence/sip";
import { respond } from "../egress.ts";
import { servedOf } from "../served.ts";
import type { EdgeState } from "../state.ts";
import type { Call, Exchange, Leg } from "./call.ts";
import { answerMedia, offerMedia } from "./described.ts";
import { phoneDialog } from "./leg-flow.ts";
import { lists } from "./option-tags.ts";
import { rseqOf, sendReliable } from "./reliable.ts";
import { armNoAnswer } from "./timers.ts";

/** Forks of one call that are told apart; a PBX that rings more phones at once tells us of one of them. */
const MAX_FORKS = 16;

export function onProvisional(
  state: EdgeState,
  now: number,
  call: Call,
  exchange: Exchange,
  far: Leg,
  response: Response,
): void {
  if (exchange.phase !== "trying" || call.state === "over") return;
  // RFC 6228: one of several forks has ended. The caller sees one early dialog, and that goes on.
  if (response.status === 199) return;
  if (exchange.initial) {
    if (!noteFork(exchange, far, response)) return;
    call.ringingAt ??= now;
    armNoAnswer(state, now, call);
  }
  const reliable = rseqOf(exchange, response) !== undefined;
  const offered = exchange.reliable.some((waiting) => waiting.sdp === "offer");
  const wanted = exchange.lateOffer ? reliable && !offered : true;
  if (response.body.length === 0 || !wanted || exchange.settled !== undefined) {
    return relayProvisional(state, now, call, response);
  }
  call.step = { kind: "provisional", response };
  const say = exchange.lateOffer ? offerMedia : answerMedia;
  say(state, call, far.name, response.body);
}

/** False for a reliable response that is a repetition or out of order (RFC 3262 §4): it is not looked at. */
function noteFork(exchange: Exchange, far: Leg, response: Response): boolean {
  const fresh = exchange.sent === undefined ? undefined : phoneDialog(uacDialog(exchange.sent, response), far.flow);
  if (fresh === undefined) return true;
  keepFork(exchange, far);
  const known = exchange.early.get(fresh.remoteTag);
  const rseq = rseqOf(exchange, response);
  if (rseq !== undefined && known?.rseq !== undefined && rseq !== known.rseq + 1) return false;
  const { localSeq = 0, remoteSeq } = known?.dialog ?? {};
  const dialog = { ...fresh, localSeq: Math.max(fresh.localSeq, localSeq), remoteSeq };
  if (known !== undefined) exchange.early.set(fresh.remoteTag, { dialog, rseq: rseq ?? known.rseq });
  else if (exchange.early.size < MAX_FORKS) exchange.early.set(fresh.remoteTag, { dialog, rseq });
  else return true;
  far.dialog = dialog;
  return true;
}

/** The sequence numbers of the fork that spoke last are in the leg; before another one speaks they are put away. */
function keepFork(exchange: Exchange, far: Leg): void {
  const current = far.dialog === undefined ? undefined : exchange.early.get(far.dialog.remoteTag);
  if (current !== undefined && far.dialog !== undefined) current.dialog = far.dialog;
}

/** The leg talks to the fork with this tag from now on; nothing happens when there is none, or the call is answered. */
export function turnToFork(call: Call, far: Leg, tag: string | undefined): void {
  const { exchange } = call;
  if (exchange === undefined || tag === undefined || call.state !== "setup" || far.name === exchange.from) return;
  keepFork(exchange, far);
  far.dialog = exchange.early.get(tag)?.dialog ?? far.dialog;
}

export function relayProvisional(
  state: EdgeState,
  now: number,
  call: Call,
  response: Response,
  sdp?: Uint8Array,
): void {
  const exchange = call.exchange;
  if (exchange === undefined || exchange.phase !== "trying") return;
  const near = exchange.from === "a" ? call.a : call.b;
  const { status } = response;
  const answer = { status, toTag: near.localTag, headers: [["Contact", near.contact]] as const, body: sdp };
  const farSeq = rseqOf(exchange, response);
  if (farSeq !== undefined) {
    return sendReliable(state, now, call, exchange, near, { tag: response.to.tag ?? "", farSeq }, answer);
  }
  // RFC 3262 §3: who requires 100rel gets no provisional response without it.
  if (lists(exchange.request.headers, "Require", "100rel")) return;
  respond(state, now, servedOf(exchange, near), answer);
}
