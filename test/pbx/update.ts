import { type Leg, sdpType } from "./leg.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import type { SipResponse } from "./sip-message.ts";

/** UPDATE (RFC 3311). Documented only without SDP, as a keep-alive; an offer goes to the far leg when the knob says so. */
export function onUpdate(leg: Leg, tx: ServerTransaction): void {
  if (tx.request.body.length === 0) {
    tx.respond(200);
    return;
  }
  const far = farOf(leg);
  if (leg.call.core.knobs.updateOffer === "refuse" || far === undefined) tx.respond(488);
  else if (leg.busy || far.busy || far.unacked.size > 0) tx.respond(491);
  else forward(leg, far, tx);
}

/** Before the answer it is the phone that rings, if there is only one. */
function farOf({ call, side }: Leg): Leg | undefined {
  if (side === "b") return call.a;
  return call.b ?? (call.branches.size === 1 ? [...call.branches][0]?.leg : undefined);
}

function forward(leg: Leg, far: Leg, tx: ServerTransaction): void {
  const { media } = leg.call;
  const offer = media.translate(leg.side, "offer", tx.request.body);
  if (!offer.ok) {
    tx.respond(offer.status);
    return;
  }
  leg.retarget(tx.request);
  const wait = (busy: boolean) => {
    leg.busy = busy;
    far.busy = busy;
  };
  wait(true);
  far.request("UPDATE", [sdpType], offer.sdp, {
    timeout: () => {
      wait(false);
      tx.respond(408);
    },
    response: (response) => {
      if (response.status < 200) return;
      wait(false);
      answered(leg, far, tx, response);
    },
  });
}

function answered(leg: Leg, far: Leg, tx: ServerTransaction, response: SipResponse): void {
  const { media } = leg.call;
  const accepted = response.status < 300;
  const answer = accepted ? media.translate(far.side, "answer", response.body) : undefined;
  if (answer?.ok) {
    far.retarget(response);
    tx.respond(200, { headers: [["Contact", leg.contact], sdpType], body: answer.sdp });
    return;
  }
  media.rollback(leg.side);
  tx.respond(answer?.status ?? response.status, accepted ? {} : { reason: response.reason });
}
