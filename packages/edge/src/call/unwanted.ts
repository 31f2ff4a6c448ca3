/**
 * INVITEs of ours that nobody waits for any more: the call is over, or went to another host. A 2xx that still comes has
 * to be acknowledged, and hung up where it is not the one that was (RFC 3261 §13.2.2.4, §15). Thousands of these stay
 * for half a minute each, so they hold what that takes and nothing of the call.
 */
import { noBody, type OutRequest, type Response, uacDialog } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import { ackFork, repeatAck } from "./acknowledge.ts";
import type { Call, Exchange, Leg } from "./call.ts";
import { byeOn } from "./teardown.ts";

export interface Unwanted {
  readonly leg: Leg;
  /** For whom we spoke on that leg. */
  readonly account: string | undefined;
  /** Without its body. */
  readonly sent: OutRequest;
  /** To tag of the 2xx that had won, and the ACK it got. */
  readonly winner: string | undefined;
  readonly ack: Uint8Array | undefined;
}

/** What `exchange` leaves behind; undefined when it never sent an INVITE. */
export function leftBy({ a, b }: Pick<Call, "a" | "b">, exchange: Exchange): Unwanted | undefined {
  const { sent, winner, ack } = exchange;
  if (sent === undefined) return undefined;
  // A copy: the octets are a piece of a larger block that would stay as long as they do.
  const [near, leg] = exchange.from === "a" ? [a, b] : [b, a];
  const { account } = near;
  return { leg, account, sent: { ...sent, body: noBody }, winner, ack: ack && new Uint8Array(ack) };
}

export function onUnwanted(state: EdgeState, now: number, left: Unwanted, response: Response): void {
  if (response.status < 200 || response.status >= 300) return;
  const { winner, leg } = left;
  if (winner !== undefined && response.to.tag === winner) return repeatAck(state, left, leg);
  hangUpFork(state, now, left, response);
}

/** A second 2xx with another tag is a fork, one after the end crossed our CANCEL: both are acknowledged and hung up. */
export function hangUpFork(
  state: EdgeState,
  now: number,
  { leg, account, sent }: Pick<Unwanted, "leg" | "account" | "sent">,
  response: Response,
): void {
  const dialog = uacDialog(sent, response);
  if (dialog === undefined) return;
  const fork: Leg = { ...leg, dialog };
  ackFork(state, fork, dialog, sent);
  byeOn(state, now, fork, account, []);
}
