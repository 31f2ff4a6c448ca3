/**
 * Reliable provisional responses (RFC 3262), end to end: what the far side sends reliably is sent reliably to who called,
 * under our own RSeq, and the PRACK of the caller is what acknowledges it over there (`prack.ts`). A caller that does not
 * know 100rel is not offered it on the far side either.
 */
import { type Deadline, decimal, type HeaderList, type Millis, type OutResponse, type Response } from "@ringfence/sip";
import { type Answer, buildResponse, respond } from "../egress.ts";
import { servedOf } from "../served.ts";
import { type EdgeState, newCSeq, push } from "../state.ts";
import type { Call, Exchange, Leg } from "./call.ts";
import { lists } from "./option-tags.ts";
import { hangUp } from "./teardown.ts";

export interface Reliable {
  /** To tag of the fork that sent it, and its RSeq. */
  readonly tag: string;
  readonly farSeq: number;
  readonly rseq: number;
  /** What its SDP is: the answer to the INVITE's offer, or, when that had none, the offer. */
  readonly sdp: "offer" | "answer" | "none";
  readonly response: OutResponse;
  readonly giveUpAt: Millis;
  nextAt: Millis;
  interval: Millis;
  timer: Deadline;
}

const T1 = 500;
const MAX_RSEQ = 2 ** 32 - 1;
/** Unacknowledged at one time; a peer may send no second one before the first was acknowledged (RFC 3262 §3). */
const MAX_WAITING = 8;

/** The RSeq of a response that wants a PRACK; undefined for an unreliable one, or where 100rel was not offered. */
export function rseqOf(exchange: Exchange, response: Response): number | undefined {
  if (!exchange.initial || exchange.sent === undefined || !lists(exchange.sent.headers, "Supported", "100rel")) return;
  if (!lists(response.headers, "Require", "100rel")) return undefined;
  return decimal(response.headers.get("RSeq") ?? "", MAX_RSEQ);
}

/** The option tags of a first INVITE as they go on: 100rel is known to us only as far as both ends know it. */
export function reliabilityHeaders(headers: HeaderList): readonly (readonly [string, string])[] {
  if (lists(headers, "Require", "100rel")) {
    return [
      ["Supported", "100rel"],
      ["Require", "100rel"],
    ];
  }
  return lists(headers, "Supported", "100rel") ? [["Supported", "100rel"]] : [];
}

export function sendReliable(
  state: EdgeState,
  now: number,
  call: Call,
  exchange: Exchange,
  near: Leg,
  source: { readonly tag: string; readonly farSeq: number },
  answer: Answer,
): void {
  if (exchange.reliable.length >= MAX_WAITING) return;
  // RFC 3262 §3: the first RSeq is chosen below 2^31, the next ones rise by one.
  exchange.rseq = exchange.rseq === 0 ? newCSeq(state) : exchange.rseq + 1;
  const headers = [...(answer.headers ?? []), ["Require", "100rel"], ["RSeq", String(exchange.rseq)]] as const;
  const whole = { ...answer, headers };
  respond(state, now, servedOf(exchange, near), whole);
  const hasSdp = answer.body !== undefined && answer.body.length > 0;
  exchange.reliable.push({
    ...source,
    rseq: exchange.rseq,
    sdp: hasSdp ? (exchange.lateOffer ? "offer" : "answer") : "none",
    response: buildResponse(exchange.request, near.flow, whole),
    giveUpAt: now + 64 * T1,
    nextAt: now + T1,
    interval: T1,
    timer: arm(state, call, now + T1),
  });
}

function arm(state: EdgeState, call: Call, at: Millis): Deadline {
  return state.deadlines.arm(at, { owner: "call", call: call.id, timer: "provisional-retransmit" });
}

/** RFC 3262 §3: repeated at T1 doubling, without an upper bound but the end, which refuses the call. */
export function repeatReliable(state: EdgeState, now: number, call: Call): void {
  const exchange = call.exchange;
  if (exchange === undefined || exchange.phase !== "trying") return;
  for (const waiting of exchange.reliable) {
    if (waiting.nextAt > now) continue;
    if (now >= waiting.giveUpAt) return hangUp(state, now, call, "no-ack", 504);
    push(state, state.transactions.respond(now, exchange.serverTx, waiting.response));
    waiting.interval *= 2;
    waiting.nextAt = Math.min(now + waiting.interval, waiting.giveUpAt);
    waiting.timer = arm(state, call, waiting.nextAt);
  }
}

/** A final answer is there: nothing provisional is repeated; a PRACK on its way still finds what it names. */
export function stopReliable(state: EdgeState, exchange: Exchange): void {
  for (const waiting of exchange.reliable) state.deadlines.disarm(waiting.timer);
}
