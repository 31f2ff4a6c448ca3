/**
 * What joins ICE-lite, DTLS and the engine for one pair, as the negotiation sees it. Pure: what the peer's description
 * says and what its datagrams say go in, commands and keys come out as data. Time (monotonic milliseconds) is an argument.
 *
 * One transport for each pair that has sockets: a pair that is bundled on another one (RFC 9143) has that one's.
 *
 *   new ─ agree ─► ICE: the peer's checks validate a source ─ select ─► DTLS ─ keyed ─► the negotiation configures keys
 *           │      without ICE DTLS begins at once              │
 *           └── whatever fails: one `failed`, nothing after it ──┘
 */

import type { SrtpSuite } from "@ringfence/node-srtp";
import type { Component, Endpoint, EngineCommand, PairId, SrtpKey } from "../engine/engine.ts";

/** RFC 8445 §5.3: what the checks to us carry. Both texts are ice-chars. */
export interface IceCredentials {
  readonly ufrag: string;
  readonly pwd: string;
}

/** RFC 8122 §5, sha-256 and up; what is weaker never gets here. */
export interface Fingerprint {
  readonly hash: "sha-256" | "sha-384" | "sha-512";
  readonly value: Uint8Array;
}

/** RFC 5763 §5: who begins the handshake. Ours, so the opposite of what the peer's a=setup says. */
export type DtlsRole = "active" | "passive";

export interface DtlsTerms {
  readonly role: DtlsRole;
  /** The peer's certificate has to have one of these (RFC 8122 §6.2). At least one. */
  readonly fingerprints: readonly Fingerprint[];
  /** DTLS-SRTP suites of the policy, best first; those without a protection profile (RFC 5764 §4.1.2) are passed over. */
  readonly suites: readonly SrtpSuite[];
}

/** What both sides have said, as an offer and its answer leave it. */
export interface TransportTerms {
  /** undefined: this leg does without ICE. Ours as we wrote them, theirs as they did. */
  readonly ice: { readonly local: IceCredentials; readonly remote: IceCredentials } | undefined;
  /** undefined: SDES or plain RTP. */
  readonly dtls: DtlsTerms | undefined;
  /** RFC 5761. Without it RTP and RTCP have a handshake each (RFC 5764 §4.1.2), on their own sockets. */
  readonly mux: boolean;
  /** Without ICE: where our own first flights go. Held back while undefined, until theirs have come. */
  readonly signalled: Readonly<Record<Component, Endpoint>> | undefined;
  /**
   * The only address that checks may come from; undefined: any. A handshake proves that somebody is where a check seemed to
   * come from. Without one nothing does, and whoever forges a source would have us send media there.
   */
  readonly checksFrom: string | undefined;
}

export const transportFailures = [
  /** No check of the peer came in 30 s. */
  "ice-timeout",
  /** Checks came, and stopped for 30 s (RFC 7675 §5.1). */
  "consent-lost",
  /** The handshake was not over in 20 s. */
  "dtls-timeout",
  /** Its certificate is not the one that the signalling named: somebody else, or a broken peer. */
  "dtls-fingerprint",
  /** No SRTP profile, no cipher or no version in common, or an alert of the peer. */
  "dtls-handshake",
  /** The peer ended the association (close_notify). */
  "dtls-closed",
] as const;

export type TransportFailure = (typeof transportFailures)[number];

export type TransportOutput =
  /** To the engine, as it is. Only `send` and `select`. */
  | { readonly kind: "command"; readonly command: Extract<EngineCommand, { kind: "send" | "select" }> }
  /** Configure the pair with these, and without awaitsKeys. Again after a new handshake. `rtcp`: RTCP's own, without `mux`. */
  | {
      readonly kind: "keyed";
      readonly component: Component;
      readonly inbound: SrtpKey;
      readonly outbound: SrtpKey;
    }
  /** Nothing is sent, taken or asked for any more. Of RTP: a call lives without RTCP. */
  | { readonly kind: "failed"; readonly reason: TransportFailure };

/** A `control` event of the engine. */
export interface ControlPacket {
  readonly component: Component;
  readonly protocol: "stun" | "dtls";
  readonly source: Endpoint;
  readonly packet: Uint8Array;
}

export interface Transport {
  /**
   * After each answer, ours or theirs; the same terms again change nothing. Other ICE credentials are a restart
   * (RFC 8445 §9): the selected source stays until a check under the new ones came. Other fingerprints or another role
   * are a new handshake (RFC 8842 §5.1).
   */
  agree(terms: TransportTerms, now: number): readonly TransportOutput[];
  onControl(control: ControlPacket, now: number): readonly TransportOutput[];
  /** When to call `onDeadline`; undefined: never. May change with each call of anything here. */
  readonly deadline: number | undefined;
  onDeadline(now: number): readonly TransportOutput[];
  /** The goodbyes to send (close_notify), before the pair is closed. */
  close(now: number): readonly TransportOutput[];
}

/** One for each process: holds the certificate, and what handshakes may cost in all. */
export interface TransportDesk {
  /** What a=fingerprint says of us; undefined where DTLS cannot be had, and is refused (`dtls-not-supported`). */
  readonly fingerprint: Fingerprint | undefined;
  open(pair: PairId): Transport;
  /** New local ICE credentials: 4 and 24 ice-chars at least (RFC 8445 §5.3). */
  credentials(): IceCredentials;
}
