import { authenticate } from "./authentication.ts";
import { type Leg, sdpType } from "./leg.ts";
import { parseSdp } from "./sdp.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { formatsFor } from "./service.ts";
import { cseqOf, type SipResponse } from "./sip-message.ts";

/** A re-INVITE: hold, resume, a new stream. Sent on to the far leg, or answered by the PBX, as the knob says. */
export function onReinvite(leg: Leg, tx: ServerTransaction): void {
  const { call } = leg;
  const { core } = call;
  if (leg.busy || leg.unacked.size > 0 || call.state !== "answered") {
    tx.respond(491);
    return;
  }
  const challenged = core.knobs.inviteAuth === "reinvite" && leg.side === "a" && call.caller.kind === "user";
  if (challenged && authenticate(core, tx, "proxy") === undefined) return;
  tx.respond(100);
  leg.retarget(tx.request);
  if (addsMedia(leg, tx) && core.knobs.addMedia === "bye") {
    // V26: BYE where 488 would be right.
    call.hangUp("pbx");
    tx.respond(487);
    return;
  }
  tx.onNoAck = () => call.hangUp("pbx");
  const far = call.leg(leg.side === "a" ? "b" : "a");
  if (far !== undefined && core.knobs.reinvite === "forward") forward(leg, far, tx);
  else answerAlone(leg, tx);
}

function addsMedia(leg: Leg, tx: ServerTransaction): boolean {
  const before = leg.call.media.mediaLines(leg.side);
  const lines = tx.request.body.length === 0 ? undefined : parseSdp(tx.request.body);
  return lines !== undefined && before > 0 && lines.length > before;
}

function accept(leg: Leg, tx: ServerTransaction, sdp: Buffer): void {
  leg.unacked.set(cseqOf(tx.request).number, tx);
  tx.respond(200, { headers: [["Contact", leg.contact], sdpType], body: sdp });
}

/** Hold and resume are 200, whatever the far side thinks. */
function answerAlone(leg: Leg, tx: ServerTransaction): void {
  const { media } = leg.call;
  const outcome = media.answerSelf(
    leg.side,
    tx.request.body,
    leg.call.b === undefined ? formatsFor("echo") : (l) => l.formats,
  );
  if (outcome.ok) accept(leg, tx, outcome.sdp);
  else tx.respond(outcome.status);
}

function forward(leg: Leg, far: Leg, tx: ServerTransaction): void {
  if (far.busy || far.unacked.size > 0) {
    tx.respond(491);
    return;
  }
  const { media } = leg.call;
  const offered = tx.request.body.length > 0;
  const offer = offered ? media.translate(leg.side, "offer", tx.request.body) : undefined;
  if (offer?.ok === false) {
    tx.respond(offer.status);
    return;
  }
  leg.busy = true;
  far.busy = true;
  const done = () => {
    leg.busy = false;
    far.busy = false;
  };
  far.request("INVITE", offered ? [sdpType] : [], offer?.sdp ?? Buffer.alloc(0), {
    timeout: () => {
      done();
      tx.respond(408);
      leg.call.hangUp("pbx");
    },
    response: (response) => {
      if (response.status < 200) return;
      done();
      if (response.status >= 300) {
        if (offered) media.rollback(leg.side);
        tx.respond(response.status, { reason: response.reason });
        if (response.status === 481 || response.status === 408) leg.call.hangUp("pbx");
      } else if (offered) answered(leg, far, tx, response);
      else turnedRound(leg, far, tx, response);
    },
  });
}

function answered(leg: Leg, far: Leg, tx: ServerTransaction, response: SipResponse): void {
  far.retarget(response);
  far.ack(cseqOf(response).number);
  if (tx.final !== 0) return;
  const answer = leg.call.media.translate(far.side, "answer", response.body);
  if (answer.ok) accept(leg, tx, answer.sdp);
  else tx.respond(answer.status);
}

/** No offer in the re-INVITE (3PCC): the far leg's 200 has it, and our ACK waits for the near leg's answer. */
function turnedRound(leg: Leg, far: Leg, tx: ServerTransaction, response: SipResponse): void {
  const { number } = cseqOf(response);
  if (tx.final !== 0) {
    // Repeated: the same ACK again, once there is one.
    if (leg.onAckBody === undefined) far.ack(number);
    return;
  }
  far.retarget(response);
  const offer = leg.call.media.translate(far.side, "offer", response.body);
  if (!offer.ok) {
    far.ack(number);
    tx.respond(offer.status);
    return;
  }
  leg.onAckBody = (body) => {
    const answer = leg.call.media.translate(leg.side, "answer", body);
    far.ack(number, answer.ok ? [sdpType] : [], answer.ok ? answer.sdp : undefined);
  };
  accept(leg, tx, offer.sdp);
}
