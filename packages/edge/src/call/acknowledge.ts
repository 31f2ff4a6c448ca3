/** ACK to a 2xx: a request of its own, without transaction (RFC 3261 §13.2.2.4, §17.1). */
import { type Dialog, type OutRequest, requestInDialog } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import { viaOf } from "../trunk/pbx.ts";
import type { Exchange, Leg } from "./call.ts";
import { legFlow } from "./leg-flow.ts";

/** Sends the ACK for the exchange's 2xx and keeps its octets: every repetition of that 2xx gets the same ones. */
export function acknowledge(state: EdgeState, exchange: Exchange, leg: Leg, sdp?: Uint8Array): void {
  if (leg.dialog === undefined || exchange.sent === undefined) return;
  exchange.ack = ackBytes(state, leg, leg.dialog, exchange.sent, sdp);
  state.out.push({ kind: "send", flow: legFlow(state, leg), bytes: exchange.ack });
}

export function repeatAck(state: EdgeState, exchange: Pick<Exchange, "ack">, leg: Leg): void {
  if (exchange.ack !== undefined) state.out.push({ kind: "send", flow: legFlow(state, leg), bytes: exchange.ack });
}

/** ACK for a 2xx that nobody waits for: a fork that lost, or one that crossed our CANCEL. */
export function ackFork(state: EdgeState, leg: Leg, dialog: Dialog, sent: OutRequest): void {
  state.out.push({ kind: "send", flow: legFlow(state, leg), bytes: ackBytes(state, leg, dialog, sent) });
}

/** The octets of an ACK to a 2xx. */
export function ackBytes(state: EdgeState, leg: Leg, dialog: Dialog, sent: OutRequest, sdp?: Uint8Array): Uint8Array {
  const { request } = requestInDialog(dialog, "ACK", cseqOf(sent));
  if (sdp !== undefined) request.headers.set("Content-Type", "application/sdp");
  // RFC 3261 §22.1: credentials of the INVITE stand in its ACK too.
  for (const name of ["Authorization", "Proxy-Authorization"]) {
    for (const value of sent.headers.all(name)) request.headers.add(name, value);
  }
  const flow = legFlow(state, leg);
  return state.transactions.buildStateless({ ...request, body: sdp ?? request.body }, viaOf(flow.endpoint));
}

function cseqOf(sent: OutRequest): number {
  return Number.parseInt(sent.headers.get("CSeq") ?? "1", 10);
}
