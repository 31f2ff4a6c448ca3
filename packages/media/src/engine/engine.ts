/**
 * The port to whatever moves packets: plain data down, batched plain data up, so that worker threads, native code or
 * another process can stand behind it. A pair is two UDP sockets, RTP on an even port and RTCP on the odd one above.
 */
import type { SrtpSuite } from "@ringfence/node-srtp";
import type { RtcpRules } from "../rtcp/rtcp-filter.ts";
import type { DropReason } from "./drop-reason.ts";
import type { PayloadFormat, StreamReport } from "./stream-report.ts";
import type { Suspicion } from "./suspects.ts";

export interface Endpoint {
  /** Canonical text form (see address.ts): compared as a string for every packet. */
  readonly address: string;
  readonly port: number;
}

/** Chosen by the caller of `open`, never reused in the life of an engine. */
export type PairId = number;
export type Component = "rtp" | "rtcp";

export interface SrtpKey {
  readonly suite: SrtpSuite;
  /** Master key followed by master salt: 30 octets for AES_CM_128, 28 for AES_128_GCM. */
  readonly key: Uint8Array;
  /** What its packets carry to name it (RFC 3711 §3.1), at most `maxMki` octets; undefined: nothing. */
  readonly mki?: Uint8Array;
}

/** RFC 4568 allows 128 octets; nobody has more than four. */
export const maxMki = 16;

/** Whose packets a pair takes, and where it sends. See latch.ts for the rules. */
export interface LatchRules {
  /** The endpoint the SDP names; undefined when it names none that could reach us. */
  readonly signalled: { readonly rtp: Endpoint; readonly rtcp: Endpoint } | undefined;
  /** Send to the signalled endpoint before anything was received from it. */
  readonly sendAtOnce: boolean;
  /** IP addresses that may claim the stream from another port, while the window is open. */
  readonly learnFrom: readonly string[];
  /** The window begins when the command arrives. */
  readonly windowMs: number;
  /** Packets that must agree (one source, one SSRC, a negotiated payload type) before a source is locked. */
  readonly packets: number;
  /** Negotiated payload types; packets with another one do not count for learning. */
  readonly payloadTypes: readonly number[];
}

/** SRTP of one socket. */
export interface Keying {
  /** Keys for what arrives and what leaves. The same key as before keeps index and replay window. undefined: plain RTP. */
  readonly inbound: SrtpKey | undefined;
  readonly outbound: SrtpKey | undefined;
  /** The keys come from a DTLS handshake that is not over: media is dropped both ways. */
  readonly awaitsKeys: boolean;
}

/** `inbound`, `outbound`, `awaitsKeys`: of the RTP socket, and of RTCP's, unless that has its own. */
export interface PairConfig extends Keying {
  readonly latch: LatchRules;
  /** False: the peer is on hold by c=0.0.0.0 and gets nothing. */
  readonly send: boolean;
  /** Where RTCP has an association of its own (RFC 5764 §4.1.2). */
  readonly rtcpKeys: Keying | undefined;
  /** RFC 5761: RTCP comes and goes on the RTP port; the RTCP socket is silent. */
  readonly mux: boolean;
  /** opaque: what the source sends is relayed as it came, on the RTP socket only (UDPTL of T.38). Any datagram counts for learning. */
  readonly payload: "rtp" | "opaque";
  /**
   * Which datagrams that are no media (RFC 7983) come up as `control` events: STUN from anybody, DTLS only from who may
   * be the source (threat L3), at most 1,500 octets each, with `mux` on the RTP socket only.
   * With `stun` the source is what ICE selects, and nobody is it before: `latch` is not asked. Without it, `latch` is,
   * and what was selected is forgotten.
   */
  readonly control: { readonly stun: boolean; readonly dtls: boolean };
  /** What this peer may send, by payload type: for the counters. Empty: jitter and silence are not known. */
  readonly formats: readonly PayloadFormat[];
  /** What of this peer's RTCP crosses. */
  readonly rtcp: RtcpRules;
  readonly keyPresses: KeyPresses | undefined;
}

/** Events of RFC 4733 on one leg. */
export interface KeyPresses {
  readonly type: number;
  /** Of their durations, in Hz. */
  readonly clockRate: number;
  /** The other leg has none: what this peer presses comes up as `pressed`, and is not relayed. */
  readonly collect: boolean;
}

/** RTP in clear or under keys that are known, RTCP on its own port, nothing else on the sockets. */
export const plainTransport = {
  awaitsKeys: false,
  rtcpKeys: undefined,
  mux: false,
  payload: "rtp",
  control: { stun: false, dtls: false },
  formats: [],
  rtcp: { feedback: false, reducedSize: false },
  keyPresses: undefined,
} as const satisfies Partial<PairConfig>;

export type EngineCommand =
  /** `group`: pairs with the same number may be joined, and are lost together. Answered by opened or bind-failed. */
  | {
      readonly kind: "open";
      readonly pair: PairId;
      readonly group: number;
      readonly address: string;
      /** The RTP port; RTCP is port + 1. */
      readonly port: number;
      /** BUNDLE (RFC 9143): no sockets of its own. Packets with its payload types come, and leave, by that pair; keys, mux and latch are that pair's. */
      readonly bundledOn?: PairId;
    }
  /** What one accepts, the other sends. Once for the life of both. */
  | { readonly kind: "join"; readonly left: PairId; readonly right: PairId }
  /** A pair drops everything until configured. Each configure re-opens the learning window. */
  | { readonly kind: "configure"; readonly pair: PairId; readonly config: PairConfig }
  /**
   * ICE has validated this source (RFC 8445 §7.3): packets are taken from it and sent to it, and from and to nobody else,
   * until the next `select` or until a `configure` without `control.stun`. undefined: consent ended (RFC 7675).
   */
  | {
      readonly kind: "select";
      readonly pair: PairId;
      readonly component: Component;
      readonly source: Endpoint | undefined;
    }
  /** A datagram of ours from that socket: a STUN response, a DTLS flight. At most 1,500 octets. */
  | {
      readonly kind: "send";
      readonly pair: PairId;
      readonly component: Component;
      readonly to: Endpoint;
      readonly packet: Uint8Array;
    }
  /** A key press for this pair's peer, in place of the sound that flows to it. `event`: 0 to 15. Where `keyPresses` is set. */
  | { readonly kind: "press"; readonly pair: PairId; readonly event: number; readonly durationMs: number }
  | { readonly kind: "close"; readonly pair: PairId };

export interface PairActivity {
  readonly pair: PairId;
  /** Accepted and handed to the other side, since the last report. */
  readonly packets: number;
  readonly bytes: number;
}

export type EngineEvent =
  | { readonly kind: "opened"; readonly pair: PairId }
  /** in-use: try another port. failed: no port of this address will do. */
  | { readonly kind: "bind-failed"; readonly pair: PairId; readonly why: "in-use" | "failed"; readonly detail: string }
  /** A source other than the signalled one was locked, or the signalled one for the first time. */
  | { readonly kind: "latched"; readonly pair: PairId; readonly component: Component; readonly source: Endpoint }
  /** Rate limited: `packets` of this kind since the last report of this pair. `source` is the most recent one. */
  | {
      readonly kind: Suspicion;
      readonly pair: PairId;
      readonly component: Component;
      readonly source: Endpoint;
      readonly packets: number;
    }
  /**
   * A STUN or DTLS packet, rate limited per pair; what is above the limit is dropped and counted. STUN of the selected
   * source has a budget of its own, and strangers are told apart by address, so that one that floods silences nobody else.
   */
  | {
      readonly kind: "control";
      readonly pair: PairId;
      readonly component: Component;
      readonly protocol: "stun" | "dtls";
      readonly source: Endpoint;
      readonly packet: Uint8Array;
    }
  /** This pair's peer pressed a key; once each, rate limited. The duration is whole. */
  | { readonly kind: "pressed"; readonly pair: PairId; readonly event: number; readonly durationMs: number }
  /** Differences since the last one; about once a second while there is anything to report. */
  | {
      readonly kind: "counters";
      readonly pairs: readonly PairActivity[];
      readonly drops: Partial<Readonly<Record<DropReason, number>>>;
      /** Once a second: pairs that received RTP, or a report, since. */
      readonly streams?: readonly StreamReport[];
    }
  /** These pairs are gone; their commands are ignored from now on. */
  | { readonly kind: "lost"; readonly pairs: readonly PairId[]; readonly detail: string };

/** What moves the packets on this machine. */
export interface PacketThreads {
  readonly count: number;
  /** What they get of a processor that others want too: -20 goes first, 19 last. Of several the worst. */
  readonly nice: number;
  /** Processors they stay on, one after the other; empty: where the system likes. */
  readonly processors: readonly number[];
}

export interface Engine {
  submit(commands: readonly EngineCommand[]): void;
  threads(): PacketThreads;
  /** Closes every socket; no event follows. */
  stop(): Promise<void>;
}

export type EngineFactory = (onEvents: (events: readonly EngineEvent[]) => void) => Promise<Engine>;
