/**
 * How good the calls of a farm are: what instances say of their sound becomes reports as an engine of ours makes them.
 * Packets are counted where they come in. Loss, jitter and round trip are what each end says by RTCP of that which it hears,
 * so they are of the whole way from the other end, and unknown where it says nothing. What is in the packets nobody looks at.
 */
import type { StreamReport } from "../engine/stream-report.ts";
import type { LegName, Legs } from "../media-port.ts";
import type { LegFacts } from "../quality/leg-quality.ts";
import { QualityDesk } from "../quality/quality-desk.ts";
import { keyingOf, spokenFirst } from "../quality/stream-facts.ts";
import { isHeld, type Standing } from "./farm-agreement.ts";
import type { SoundCount } from "./ng-sound.ts";

/** An agreed stream of sound. */
export interface FarmSound {
  /** Place of its m= line. */
  readonly line: number;
  readonly a: LegFacts;
  readonly b: LegFacts;
  /** Encoding name of the answer's first codec: an instance does not say what is really sent. */
  readonly codec: string | undefined;
  readonly twoWay: boolean;
}

interface Watched {
  readonly pairs: Readonly<Record<LegName, number>>;
  sound: FarmSound;
  before: Readonly<Record<LegName, SoundCount>> | undefined;
}

export class FarmQuality {
  readonly desk: QualityDesk;
  readonly #calls = new Map<string, Watched>();
  #nextPair = 1;

  /** @param lookMs longest time between two looks at a call */
  constructor(lookMs: number) {
    this.desk = new QualityDesk(lookMs);
  }

  /** After each agreement; undefined: there is no sound, or no longer. */
  agree(call: string, sound: FarmSound | undefined, now: number): void {
    if (sound === undefined) return this.desk.agree(call, undefined, now);
    const known = this.#calls.get(call);
    const watched = known ?? { pairs: { a: this.#nextPair++, b: this.#nextPair++ }, sound, before: undefined };
    watched.sound = sound;
    this.#calls.set(call, watched);
    const facts = (leg: LegName) => ({ ...sound[leg], pair: watched.pairs[leg] });
    this.desk.agree(call, { a: facts("a"), b: facts("b"), twoWay: sound.twoWay }, now);
  }

  forget(call: string): void {
    this.#calls.delete(call);
    this.desk.forget(call);
  }

  /** What its instance counted since the stream began. */
  look(call: string, counts: Readonly<Record<LegName, SoundCount>>, now: number): void {
    const watched = this.#calls.get(call);
    if (watched === undefined) return;
    const { before } = watched;
    watched.before = counts;
    this.desk.report([reportOf("a", watched, before, counts), reportOf("b", watched, before, counts)], now);
  }
}

/** The first stream of sound of what stands that is on. */
export function soundOf(
  standing: Standing,
  { legs, answerer }: { readonly legs: Legs; readonly answerer: LegName },
): FarmSound | undefined {
  const line = standing.findIndex((one) => one?.media === "audio");
  const stream = standing[line];
  if (stream === undefined) return undefined;
  const agreed = spokenFirst(stream[answerer].peer.codecs);
  const facts = (leg: LegName): LegFacts => {
    const { peer, link } = stream[leg];
    const { suite } = link.keys?.inbound ?? {};
    return { leg, side: legs[leg].side, codecs: peer.codecs, agreed, suite, keying: keyingOf(link) };
  };
  return { line, a: facts("a"), b: facts("b"), codec: agreed, twoWay: !isHeld(stream.a) && !isHeld(stream.b) };
}

type Counts = Readonly<Record<LegName, SoundCount>>;

function reportOf(leg: LegName, { pairs, sound }: Watched, before: Counts | undefined, counts: Counts): StreamReport {
  const { packets, report } = counts[leg];
  const { type = -1 } = sound[leg].codecs.find(({ name }) => name === sound.codec) ?? {};
  const isNew = report !== undefined && report.at !== before?.[leg].report?.at;
  return {
    ...unseen,
    pair: pairs[leg],
    received: Math.max(0, packets - (before?.[leg].packets ?? 0)),
    payloadType: type,
    ...(isNew && {
      remote: { fractionLost: report.lossRate, jitterMs: report.jitterMs, roundTripMs: report.roundTripMs },
    }),
  };
}

/** What only who looks into packets knows. */
const unseen = {
  expected: undefined,
  ...{ duplicate: 0, reordered: 0, restarts: 0, comfortNoise: 0, jitterMs: 0, gapMs: 0, sampled: 0, quiet: 0 },
};
