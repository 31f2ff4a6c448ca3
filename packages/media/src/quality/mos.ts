/**
 * The E-model of ITU-T G.107: how a caller would rate a line, from its delay, its loss and its codec. Everything that a
 * border cannot know (loudness, room noise, echo of the phone) has the default value of its table 3.
 */
import { type Impairment, impairmentOf } from "./impairment.ts";

export interface LineFacts {
  /** Encoding name in lower case; undefined: not known. */
  readonly codec: string | undefined;
  /** 0 to 1. */
  readonly lossRate: number;
  readonly jitterMs: number;
  /** Network only, there and back; undefined: not measured, and taken for none. */
  readonly roundTripMs: number | undefined;
}

/** Signal to noise (§7.1) and simultaneous impairments (§7.2) of the default values: together 93.4 without any delay. */
const ro = 94.7688;
const is = 1.4136;
/** Talker echo loudness rating, weighted echo path loss, circuit noise and receive loudness rating: table 3. */
const telr = 65;
const wepl = 110;
const no = -61.179;
const rlr = 2;
/** Loss that comes at random; bursts are worse, and not told apart here. */
const burstRatio = 1;

/** 0 (nobody would bear it) to about 93. */
export function transmissionRating({ codec, lossRate, jitterMs, roundTripMs = 0 }: LineFacts): number {
  const impairment = impairmentOf(codec);
  // A jitter buffer of today holds twice the jitter.
  const delay = roundTripMs / 2 + impairment.delayMs + 2 * jitterMs;
  const rating = ro - is - delayImpairment(delay) - lossImpairment(impairment, lossRate);
  return Math.min(100, Math.max(0, rating));
}

/** Annex B: 1 (bad) to 4.5 (excellent). */
export function mosOf(rating: number): number {
  if (rating <= 0) return 1;
  if (rating >= 100) return 4.5;
  // Below a rating of 6.5 the curve would dip under 1.
  return Math.max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6);
}

export function mosOfLine(facts: LineFacts): number {
  return mosOf(transmissionRating(facts));
}

/** §7.3: talker echo, listener echo and too long a delay. One way; the round trip of the four-wire loop is twice that. */
function delayImpairment(delay: number): number {
  return talkerEcho(delay) + listenerEcho(2 * delay) + absoluteDelay(delay);
}

function talkerEcho(delay: number): number {
  const roe = -1.5 * (no - rlr);
  const terv = telr - 40 * Math.log10((1 + delay / 10) / (1 + delay / 150)) + 6 * Math.exp(-0.3 * delay ** 2);
  const half = (roe - (80 + 2.5 * (terv - 14))) / 2;
  return (half + Math.sqrt(half ** 2 + 100) - 1) * (1 - Math.exp(-delay));
}

function listenerEcho(roundTrip: number): number {
  const half = (ro - 10.5 * (wepl + 7) * (roundTrip + 1) ** -0.25) / 2;
  return half + Math.sqrt(half ** 2 + 169);
}

function absoluteDelay(delay: number): number {
  if (delay <= 100) return 0;
  const x = Math.log2(delay / 100);
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}

/** §7.5: effective equipment impairment. Loss in percent. */
function lossImpairment({ ie, bpl }: Impairment, lossRate: number): number {
  const loss = 100 * lossRate;
  return ie + ((95 - ie) * loss) / (loss / burstRatio + bpl);
}
