/** What an engine knows of the media one peer sends, and of what that peer says it hears: numbers for quality/. */
import type { PairId } from "./engine.ts";

/** A payload type as negotiated on one leg. */
export interface PayloadFormat {
  /** 0 to 127. */
  readonly type: number;
  /** Of its timestamps, in Hz. */
  readonly clockRate: number;
  /** events: telephone-event (RFC 4733). noise: comfort noise (RFC 3389). pcmu, pcma: G.711, whose level can be read. */
  readonly role: "media" | "pcmu" | "pcma" | "events" | "noise";
}

/** The last receiver report of the peer (RFC 3550 §6.4.2), about what we send it. */
export interface RemoteView {
  /** 0 to 1, since its report before. */
  readonly fractionLost: number;
  readonly jitterMs: number;
  /** From us to the peer and back; undefined when it had no sender report to count from. */
  readonly roundTripMs: number | undefined;
}

/** VoIP metrics block of RFC 3611 §4.7, as far as the peer knows them. Rates 0 to 1. */
export interface VoipMetrics {
  readonly lossRate: number;
  readonly discardRate: number;
  readonly roundTripMs: number;
  readonly endSystemDelayMs: number;
  readonly rFactor: number | undefined;
  readonly mosListening: number | undefined;
  readonly mosConversational: number | undefined;
  readonly jitterBufferMs: number;
}

/** One pair, what came from its peer: differences since the report before, but for jitter and type, which are as now. */
export interface StreamReport {
  readonly pair: PairId;
  /** Each sequence number once, and how many there should have been (RFC 3550 §A.3): lost is the difference. */
  readonly received: number;
  /** undefined: nobody looked into the packets, and nothing is known of loss, jitter and gaps before us. */
  readonly expected: number | undefined;
  readonly duplicate: number;
  readonly reordered: number;
  /** A new SSRC, or sequence numbers that began anew. */
  readonly restarts: number;
  readonly comfortNoise: number;
  /** RFC 3550 §A.8. */
  readonly jitterMs: number;
  /** Longest time between two packets. */
  readonly gapMs: number;
  /** G.711 packets whose level was looked at, and how many of them held silence. */
  readonly sampled: number;
  readonly quiet: number;
  /** Of the last packet; -1 before the first. */
  readonly payloadType: number;
  /** Only when the peer reported since. */
  readonly remote?: RemoteView;
  readonly voip?: VoipMetrics;
}
