/** The ACK to a 2xx of ours. */
import type { Request } from "@ringfence/sip";
import type { LegName } from "../media-port.ts";
import type { EdgeState } from "../state.ts";
import { acknowledge } from "./acknowledge.ts";
import { answerAcknowledged } from "./answer.ts";
import type { Call } from "./call.ts";
import { answerMedia } from "./described.ts";
import { hangUp } from "./teardown.ts";

export function onAck(state: EdgeState, now: number, call: Call, leg: LegName, request: Request): void {
  const exchange = call.exchange;
  // RFC 3261 §13.3.1.4: the ACK of this 2xx has the INVITE's sequence number; any other is an old one come late.
  if (exchange?.from !== leg || request.cseq.number !== exchange.request.cseq.number) return;
  if (exchange.answer === undefined) return;
  answerAcknowledged(state, call);
  if (!exchange.lateOffer || exchange.settled !== undefined) return;
  const far = exchange.from === "a" ? call.b : call.a;
  if (request.body.length > 0) {
    call.step = { kind: "ack", request };
    answerMedia(state, call, leg, request.body);
    return;
  }
  acknowledge(state, exchange, far);
  // Our 2xx had an offer if there is media; an ACK without the answer leaves the session without one (RFC 3261 §13.2.2.4).
  if (call.media && exchange.initial) hangUp(state, now, call, "media-failed", 488);
}
