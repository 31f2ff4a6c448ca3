/**
 * A session refresh by re-INVITE (RFC 4028 §7.4), for a peer that does not take UPDATE. The offer is made anew from what
 * the other side said last, so the media relay writes what stands, with the same version in `o=`; the answer goes through
 * the media relay too, because a phone may answer with a new key. The other side hears nothing of it.
 */
import { requestInDialog } from "@ringfence/sip";
import type { LegName } from "../media-port.ts";
import type { EdgeState } from "../state.ts";
import type { Call, Leg } from "./call.ts";
import { legOf } from "./call-table.ts";
import { undoOffer } from "./crossing.ts";
import { octetsOf, offerMedia } from "./described.ts";
import { allowHeader } from "./headers.ts";
import { sendOnLeg } from "./send-on-leg.ts";
import { askHeaders, postponeRefresh } from "./session.ts";

/** While something else is being negotiated. */
const BUSY_WAIT = 2_000;

export function refreshByInvite(state: EdgeState, now: number, call: Call, leg: Leg): void {
  const other = leg.name === "a" ? "b" : "a";
  const said = call.described[other]?.said;
  const open = call.exchange !== undefined && call.exchange.phase !== "done";
  if (said === undefined || open || call.step !== undefined || call.offering !== undefined) {
    return postponeRefresh(state, call, leg, now + BUSY_WAIT);
  }
  // From now on an offer of either side is answered 491: its sender tries again by itself.
  call.offering = other;
  call.step = { kind: "refresh", leg: leg.name };
  offerMedia(state, call, other, octetsOf(said));
}

export function sendRefreshInvite(state: EdgeState, now: number, call: Call, name: LegName, sdp: Uint8Array): void {
  const leg = legOf(call, name);
  if (leg.dialog === undefined) return refreshImpossible(state, now, call, name);
  const { dialog, request } = requestInDialog(leg.dialog, "INVITE");
  leg.dialog = dialog;
  const { headers } = request;
  headers.set("Contact", leg.contact).set("Allow", allowHeader(state.settings, leg.flow));
  for (const [field, value] of askHeaders(state.settings, leg)) headers.add(field, value);
  headers.set("Content-Type", "application/sdp");
  const sent = { ...request, body: sdp };
  const clientTx = sendOnLeg(state, now, call, leg, sent);
  if (clientTx === undefined) return refreshImpossible(state, now, call, name);
  leg.timer.refresh = { clientTx, sent, ack: undefined };
  state.calls.bindTransaction(clientTx, call);
}

/** The media relay does not take again what it took before, or nothing can be sent: tried again until the session ends. */
export function refreshImpossible(state: EdgeState, now: number, call: Call, name: LegName): void {
  undoOffer(state, call);
  postponeRefresh(state, call, legOf(call, name), now + BUSY_WAIT);
}

/** The media relay took the answer. What the other side was told stands, unless this side says something new. */
export function refreshAgreed(call: Call, name: LegName): void {
  const { negotiation, described } = call;
  call.offering = undefined;
  const { answer: said, written: heard } = negotiation ?? {};
  if (said === undefined || heard === undefined) return;
  const other = name === "a" ? "b" : "a";
  const same = described[name]?.said === said;
  const beyond = described[other];
  call.described = {
    [name]: { said, heard, offered: false },
    ...(beyond === undefined ? {} : { [other]: same ? beyond : { ...beyond, offered: false } }),
  };
}
