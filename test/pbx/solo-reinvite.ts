import { type Leg, sdpType } from "./leg.ts";
import { cseqOf } from "./sip-message.ts";

const mostTries = 5;
const pauseMs = 300;

/** A re-INVITE of the PBX's own to one leg. `then` gets the answer's SDP, or undefined when it was refused; glare is tried again. */
export function reinviteAlone(leg: Leg, offer: Buffer, then: (answer: Buffer | undefined) => void, tries = 0): void {
  const { core } = leg.call;
  const again = () => core.timers.after(pauseMs, () => reinviteAlone(leg, offer, then, tries + 1));
  if (leg.busy || leg.unacked.size > 0) {
    if (tries < mostTries) again();
    else then(undefined);
    return;
  }
  leg.busy = true;
  let settled = false;
  const settle = (answer: Buffer | undefined) => {
    if (settled) return;
    settled = true;
    leg.busy = false;
    then(answer);
  };
  leg.request("INVITE", [sdpType], offer, {
    timeout: () => settle(undefined),
    response: (response) => {
      if (response.status < 200) return;
      if (response.status < 300) {
        leg.retarget(response);
        // A repeated 200 gets the same ACK.
        leg.ack(cseqOf(response).number);
        settle(response.body);
      } else if (response.status === 491 && tries < mostTries) {
        leg.busy = false;
        again();
      } else settle(undefined);
    },
  });
}
