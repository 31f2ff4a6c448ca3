/** The INVITE of the current exchange, first or repeated in the dialog, goes out on the far leg. */
import { Bug, type OutRequest } from "@ringfence/sip";
import { respond } from "../egress.ts";
import { servedOf } from "../served.ts";
import type { EdgeState } from "../state.ts";
import { sendRequest } from "../trunk/pbx.ts";
import { armAttempt } from "./attempt.ts";
import type { Call, Exchange } from "./call.ts";
import { legFlow } from "./leg-flow.ts";
import { endCall } from "./teardown.ts";

/** With the SDP the media relay wrote, if there is any. */
export function sendInvite(state: EdgeState, now: number, call: Call, invite: OutRequest, sdp?: Uint8Array): void {
  const exchange = exchangeOf(call);
  const to = exchange.from === "a" ? call.b : call.a;
  if (sdp !== undefined) invite.headers.set("Content-Type", "application/sdp");
  const sent: OutRequest = { ...invite, body: sdp ?? invite.body };
  const id = sendRequest(state, now, sent, legFlow(state, to));
  if (id === undefined) {
    const from = exchange.from === "a" ? call.a : call.b;
    respond(state, now, servedOf(exchange, from), { status: 503, headers: [["Retry-After", "5"]] });
    if (exchange.initial) endCall(state, now, call, "no-transaction", "ringfence");
    else call.exchange = undefined;
    return;
  }
  exchange.sent = sent;
  exchange.clientTx = id;
  state.calls.bindTransaction(id, call);
  if (exchange.initial) armAttempt(state, now, call);
}

export function exchangeOf(call: Call): Exchange {
  if (call.exchange === undefined) throw new Bug("an INVITE step without an exchange");
  return call.exchange;
}
