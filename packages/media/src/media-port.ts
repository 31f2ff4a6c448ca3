/**
 * What media offers to whoever drives calls. Structurally the edge's MediaPort; the appliance joins the two,
 * because edge and media never import each other.
 */
import type { Side } from "@ringfence/policy";
import type { MediaRefusal } from "./refusal.ts";

/** a: the caller's leg, b: the callee's leg, for the whole life of the call. */
export type LegName = "a" | "b";

/** Where a leg's media lives and what its policy asks for. Addresses are IP literals without brackets. */
export interface LegMedia {
  readonly side: Side;
  /** Sockets are bound here. */
  readonly localAddress: string;
  /** Written into SDP: differs from localAddress behind a 1:1 NAT. */
  readonly advertisedAddress: string;
  /** Remote address of the signalling socket: the only address besides the SDP's own that may claim the stream. */
  readonly signallingAddress: string;
  /** The signalling runs over TLS, so SDES keys are not read on the way. */
  readonly secureSignalling: boolean;
  /** opportunistic: as optional, but what we offer leaves the choice to the peer (RFC 8643). */
  readonly srtp: "required" | "optional" | "opportunistic" | "off";
  /** Suite names as in RFC 4568 and RFC 7714, best first. Names we do not know are ignored. */
  readonly suites: readonly string[];
  /** How SRTP keys may be exchanged, the preferred one first. */
  readonly keying: readonly ("sdes" | "dtls")[];
  /** A page in a browser: with DTLS allowed it is offered DTLS, ICE, rtcp-mux and BUNDLE, without which it takes no call. */
  readonly browser: boolean;
  /** Another phone that does ICE and says so (RFC 5768): it is offered ICE. Some send nothing to who does not. */
  readonly ice?: boolean | undefined;
  /** Encoding names that may be used, the preferred one first; undefined: any. */
  readonly codecs?: readonly string[] | undefined;
  /** Fax over UDPTL (T.38) may pass; it is never encrypted. */
  readonly t38: boolean;
  /** How key presses reach this side: see telephone-event.ts. Default: auto. */
  readonly dtmf?: "auto" | "rfc4733" | "info" | undefined;
  /** CIDR prefixes a trunk may send media from. */
  readonly mediaFrom?: readonly string[];
  /** Ports a trunk may send media from, both ends included. */
  readonly mediaPorts?: { readonly first: number; readonly last: number };
}

export interface Legs {
  readonly a: LegMedia;
  readonly b: LegMedia;
}

export type MediaResult =
  | {
      readonly ok: true;
      readonly sdp: Uint8Array;
      /** Of an answer: the legs for which a key press that comes in INFO is to be given to `press`. */
      readonly press?: Readonly<Record<LegName, boolean>>;
    }
  | { readonly ok: false; readonly status: number; readonly reason: MediaRefusal; readonly text: string };

export interface MediaPort {
  /** An SDP offer from one leg becomes the offer for the other. The first opens the session, later ones are re-INVITEs. */
  offer(call: string, from: LegName, sdp: Uint8Array, legs: Legs): Promise<MediaResult>;
  /** An SDP answer from one leg becomes the answer for the other. May be repeated: early media, then 200. */
  answer(call: string, from: LegName, sdp: Uint8Array): Promise<MediaResult>;
  /** One of `0123456789*#ABCD` for a leg, as an event over its sound (RFC 4733). Where the last answer said `press`. */
  press(call: string, to: LegName, key: string, durationMs: number): void;
  /** The call was answered: before that silence of one side is nothing to speak of. */
  up(call: string): void;
  /** The offer was refused: the state before it stands. Without a state before it the session is gone. Idempotent. */
  rollback(call: string): void;
  /** Frees the ports. Idempotent. */
  close(call: string): void;
}

/** inactive: no media in any direction for `inactivityMs`. failed: the engine lost the call's sockets, or ICE or DTLS came to nothing. */
export type MediaEvent =
  | { readonly kind: "inactive"; readonly call: string }
  /** A key was pressed on a leg by an event, which the other leg does not take. */
  | {
      readonly kind: "pressed";
      readonly call: string;
      readonly from: LegName;
      readonly key: string;
      readonly durationMs: number;
    }
  | { readonly kind: "failed"; readonly call: string; readonly reason: string };
