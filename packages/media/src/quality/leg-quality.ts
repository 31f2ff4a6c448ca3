/** One leg of one stream: the sum of what its pair reported, and the marks of both directions. Time is an argument. */
import type { Side } from "@ringfence/policy";
import type { StreamReport } from "../engine/stream-report.ts";
import type { LegName } from "../media-port.ts";
import type { Codec } from "../sdp/codecs.ts";
import { mosOfLine } from "./mos.ts";
import { Score } from "./score.ts";

/** What signalling knows of a leg. */
export interface LegFacts {
  readonly leg: LegName;
  readonly side: Side;
  readonly codecs: readonly Codec[];
  /** Encoding name of the answer's first codec: what is spoken when nobody has spoken yet. */
  readonly agreed: string | undefined;
  /** SRTP suite; undefined: plain RTP, or a handshake that is not over. */
  readonly suite: string | undefined;
  /** How the keys were exchanged; undefined: plain RTP. */
  readonly keying: "sdes" | "dtls" | undefined;
}

/** ITU-T G.109: below a rating of 60 nearly all users are dissatisfied; that is this MOS. */
const poorBelow = 3.1;
/** One window may be an accident. */
const poorWindows = 2;
/** Encodings that send next to nothing while nobody speaks. */
const pausing: ReadonlySet<string> = new Set(["cn", "opus", "amr", "amr-wb", "g729", "g723"]);

/** What the call's last line and `status` say of a leg. */
export interface LegSummary {
  /** Of the last packet, or else as it was agreed. */
  readonly codec: string | undefined;
  readonly suite: string | undefined;
  readonly keying: "sdes" | "dtls" | undefined;
  readonly packets: number;
  /** On the way here. undefined, as jitter and gap: nobody looked into the packets. */
  readonly lost: number | undefined;
  readonly reordered: number;
  readonly duplicate: number;
  readonly jitterMs: number | undefined;
  readonly gapMs: number | undefined;
  readonly roundTripMs: number | undefined;
  /** Of what the peer sends, as it comes here. */
  readonly mos: number | undefined;
  readonly mosWorst: number | undefined;
  /** Of the last whole window of five seconds. */
  readonly mosLast: number | undefined;
  /** Of what the peer hears, by its own reports: the share that was lost, 0 to 1, the worst jitter, and marks. */
  readonly heardLoss: number | undefined;
  readonly heardJitterMs: number | undefined;
  readonly heardMos: number | undefined;
  readonly heardMosWorst: number | undefined;
  readonly heardMosLast: number | undefined;
}

export class LegQuality {
  facts: LegFacts;
  /** Of the last packet, or of the agreement that began the wait for one. */
  lastMedia: number;
  /** Since when all that was looked at was silence. */
  silentSince: number | undefined;
  readonly sent = new Score();
  readonly heard = new Score();
  #codec: Codec | undefined;
  #packets = 0;
  #lost = 0;
  #reordered = 0;
  #duplicate = 0;
  #jitterMs = 0;
  #worstJitterMs = 0;
  #gapMs = 0;
  #roundTripMs: number | undefined;
  #unseen = false;
  #reports = 0;
  #heardLosses = 0;
  #heardJitterMs = 0;

  constructor(facts: LegFacts, now: number) {
    this.facts = facts;
    this.lastMedia = now;
  }

  get lost(): number {
    return Math.max(0, this.#lost);
  }

  /** Signalling has spoken: the wait for its sound begins anew. */
  expect(now: number): void {
    this.lastMedia = now;
    this.silentSince = undefined;
  }

  /** Two windows in a row, in either direction. */
  get isPoor(): boolean {
    return this.sent.poorWindows >= poorWindows || this.heard.poorWindows >= poorWindows;
  }

  /** Its codecs may pause, so that a wait for packets says less. */
  get mayPause(): boolean {
    return this.facts.codecs.some(({ name }) => pausing.has(name));
  }

  add(report: StreamReport, now: number): void {
    if (report.received > 0) this.lastMedia = now;
    this.#packets += report.received;
    this.#lost += (report.expected ?? report.received) - report.received;
    this.#reordered += report.reordered;
    this.#duplicate += report.duplicate;
    this.#jitterMs = report.jitterMs;
    this.#worstJitterMs = Math.max(this.#worstJitterMs, report.jitterMs);
    this.#gapMs = Math.max(this.#gapMs, report.gapMs);
    const codec = this.facts.codecs.find(({ type }) => type === report.payloadType);
    if (codec !== undefined && codec.role !== "events" && codec.role !== "noise") this.#codec = codec;
    this.#listen(report, now);
    this.#hear(report);
    this.#unseen = report.expected === undefined;
    if (report.expected !== undefined) {
      this.sent.add(report.expected, report.received, this.#line(), poorBelow, now);
    }
  }

  /** The call is over. */
  close(): void {
    this.sent.close(this.#line(), poorBelow);
  }

  summary(): LegSummary {
    const { sent, heard } = this;
    return {
      codec: this.#codec?.name ?? this.facts.agreed,
      suite: this.facts.suite,
      keying: this.facts.keying,
      packets: this.#packets,
      lost: this.#unseen ? undefined : this.lost,
      reordered: this.#reordered,
      duplicate: this.#duplicate,
      jitterMs: this.#unseen ? undefined : this.#worstJitterMs,
      gapMs: this.#unseen ? undefined : this.#gapMs,
      roundTripMs: this.#roundTripMs,
      mos: sent.average,
      mosWorst: sent.worst,
      mosLast: sent.last,
      heardLoss: this.#reports === 0 ? undefined : this.#heardLosses / this.#reports,
      heardJitterMs: this.#reports === 0 ? undefined : this.#heardJitterMs,
      heardMos: heard.average,
      heardMosWorst: heard.worst,
      heardMosLast: heard.last,
    };
  }

  #listen({ received, sampled, quiet, comfortNoise }: StreamReport, now: number): void {
    const silent = (sampled > 0 && quiet === sampled) || (received > 0 && comfortNoise === received);
    if (silent) this.silentSince ??= now;
    else if (received > 0 && (sampled > 0 || comfortNoise < received)) this.silentSince = undefined;
  }

  /** RFC 3550 §6.4.2, and RFC 3611 §4.7 where the phone counts what its jitter buffer threw away too. */
  #hear({ remote, voip }: StreamReport): void {
    if (voip !== undefined && voip.roundTripMs > 0) this.#roundTripMs = voip.roundTripMs;
    if (remote?.roundTripMs !== undefined) this.#roundTripMs = remote.roundTripMs;
    if (remote !== undefined) {
      this.#reports++;
      this.#heardLosses += remote.fractionLost;
      this.#heardJitterMs = Math.max(this.#heardJitterMs, remote.jitterMs);
    }
    if (voip?.mosConversational !== undefined) this.heard.mark(voip.mosConversational, poorBelow);
    else if (remote !== undefined) {
      const lossRate = Math.max(remote.fractionLost, voip === undefined ? 0 : voip.lossRate + voip.discardRate);
      this.heard.mark(mosOfLine({ ...this.#line(), jitterMs: remote.jitterMs, lossRate }), poorBelow);
    }
  }

  #line() {
    return { codec: this.#codec?.name, jitterMs: this.#jitterMs, roundTripMs: this.#roundTripMs };
  }
}
