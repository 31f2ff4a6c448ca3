/**
 * What goes to the media relay for a call, and what was agreed through it: the last description of each side and what that
 * side was told. So a side that says the same again gets the same answer, and the other side hears nothing of it.
 */
import type { LegName } from "../media-port.ts";
import type { EdgeState } from "../state.ts";
import type { Call } from "./call.ts";

/** A description as it is kept: a string with one character an octet, which is smaller than octets and holds no datagram. */
export type KeptSdp = string;

/** What one side last said, and what it last heard from us. */
export interface Described {
  readonly said: KeptSdp;
  readonly heard: KeptSdp;
  /** Its description was the offer, ours the answer. */
  readonly offered: boolean;
}

/** An offer and its answer on their way through the media relay; `written` is what the relay made of the offer. */
export interface Negotiation {
  readonly from: LegName;
  readonly offer: KeptSdp;
  written: KeptSdp | undefined;
  answer: KeptSdp | undefined;
}

/** The legs as they are now go with the offer: a phone may have moved. */
export function offerMedia(state: EdgeState, call: Call, from: LegName, sdp: Uint8Array): void {
  call.media = true;
  call.negotiation = { from, offer: kept(sdp), written: undefined, answer: undefined };
  const legs = { a: call.a.media, b: call.b.media };
  state.out.push({ kind: "media-offer", call: call.id, turn: ++call.turn, from, sdp, legs });
}

export function answerMedia(state: EdgeState, call: Call, from: LegName, sdp: Uint8Array): void {
  if (call.negotiation !== undefined) call.negotiation.answer = kept(sdp);
  state.out.push({ kind: "media-answer", call: call.id, turn: ++call.turn, from, sdp });
}

/** The offer was refused. What was agreed before stands, and an answer to it may still be repeated. */
export function rollbackMedia(state: EdgeState, call: Call): void {
  call.negotiation = undefined;
  state.out.push({ kind: "media-rollback", call: call.id });
}

/** The media relay took the SDP of the step that is done now, and wrote this for the other side. */
export function noteDescribed(call: Call, sdp: Uint8Array): void {
  const { negotiation } = call;
  const written = kept(sdp);
  if (negotiation !== undefined && negotiation.answer === undefined) {
    negotiation.written = written;
    return;
  }
  call.described = negotiation?.answer === undefined ? {} : agreed(negotiation, negotiation.answer, written);
}

function agreed({ from, offer, written }: Negotiation, answer: KeptSdp, heard: KeptSdp): Call["described"] {
  const other = from === "a" ? "b" : "a";
  return {
    [from]: { said: offer, heard, offered: true },
    [other]: { said: answer, heard: written ?? heard, offered: false },
  };
}

/**
 * RFC 4028 §7.4: an offer that says, octet for octet, what this side offered last is a sign of life. The answer it got
 * then; undefined when it is another, or the other side has offered since.
 */
export function answerOfRepeated(call: Call, from: LegName, offer: Uint8Array): Uint8Array | undefined {
  const known = call.described[from];
  if (known?.offered !== true || call.state !== "up" || call.offering !== undefined) return undefined;
  return known.said === kept(offer) ? octetsOf(known.heard) : undefined;
}

function kept(sdp: Uint8Array): KeptSdp {
  return Buffer.from(sdp.buffer, sdp.byteOffset, sdp.length).toString("latin1");
}

export function octetsOf(sdp: KeptSdp): Uint8Array {
  return Buffer.from(sdp, "latin1");
}
