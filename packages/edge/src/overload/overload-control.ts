/**
 * How hard the signalling is pressed, and whom it refuses because of that. Pure: samples come in, a level comes out.
 *
 * One figure, the pressure, moves between 0 and 4, and classes are refused one after the other: of strangers a share of requests
 * between 0 and 1, of registered phones a share of new calls between 1 and 2 and of the rest between 2 and 3, of proven phones
 * and trunks a share of new calls above 3. It is a share and not all or nothing, because what can be served shall be served: a
 * switch would let the machine stand idle between two waves. What belongs to a call that is up, and emergency calls, nobody asks about.
 */
import type { Millis } from "@ringfence/sip";
import type { Trust } from "../defence/trust.ts";

export interface LoadSample {
  /** How late the signalling is, in milliseconds: of a timer or of a datagram of our own, whichever waited longer. */
  readonly lagMs: number;
  /** Share of time in which the signalling thread had work, 0 to 1. */
  readonly busy: number;
  /** Of the table that is fullest, 0 to 1. */
  readonly fill: number;
}

/** 0: nobody is refused. 1: strangers. 2: also new calls of registered phones. 3: all but calls that are up, help, and the proven. */
export type OverloadLevel = 0 | 1 | 2 | 3;

export interface LevelChange {
  readonly from: OverloadLevel;
  readonly to: OverloadLevel;
  readonly sample: LoadSample;
}

/**
 * A tenth of T1: whoever waits no longer repeats nothing (RFC 3261 §17.1.1.2). One pause is none: a garbage collector or a
 * neighbour on the machine makes one, and only what lasts over so many samples counts.
 */
const LAG_TARGET = 50;
const LASTING_LAG = 3;
/** No idle moment for a second: strangers are asked less, others not, because nobody waits yet. */
const NO_IDLE = 0.98;
const LASTING_BUSY = 10;
/** Below it there is room, and what was refused is let in again soon. */
const ROOM = 0.7;

/** How fast pressure moves with each sample. Up as far as the lag is above its target, down as the processor has room. */
const RISE = 0.05;
const MAX_RISE = 0.5;
const FALL = { busy: 0.05, room: 0.15 };
/** Not all: whoever is proven gets through now and then, and so is known when it is over. */
const MAX_PRESSURE = 3.95;
/** To refuse the proven relieves nobody unless so much of what is asked comes from them. */
const PROVEN_SHARE = 0.25;
const BEFORE_PROVEN = 3;
/** How much the last tenth of a second counts in that share. */
const FRESH = 0.2;
/** Levels are said with a step between up and down, so that a share about a whole number is not a line in the log each second. */
const HYSTERESIS = 0.25;

/** How full a table may be before pressure is at least so much. */
const fills = [
  { fill: 0.97, pressure: 3 },
  { fill: 0.93, pressure: 2 },
  { fill: 0.85, pressure: 1 },
] as const;

export class OverloadControl {
  readonly #lags: number[] = [];
  readonly #busy: number[] = [];
  #pressure = 0;
  readonly #asked = { all: 0, byProven: 0 };
  #provenShare = 0;
  #level: OverloadLevel = 0;
  #last: LoadSample = { lagMs: 0, busy: 0, fill: 0 };
  /** When the level changed last. */
  #since: Millis = 0;

  get level(): OverloadLevel {
    return this.#level;
  }

  get pressure(): number {
    return this.#pressure;
  }

  get last(): LoadSample {
    return this.#last;
  }

  get since(): Millis {
    return this.#since;
  }

  /** Ten samples a second are expected. @returns the change of level, if this sample made one */
  sample(now: Millis, sample: LoadSample): LevelChange | undefined {
    this.#last = sample;
    // Late with time to spare: others on the machine took it, and refusing anybody would give nothing back.
    const lag = lasting(this.#lags, sample.busy < ROOM ? 0 : sample.lagMs, LASTING_LAG);
    const busy = lasting(this.#busy, sample.busy, LASTING_BUSY);
    this.#weigh();
    this.#pressure = atLeast(this.#moved(lag, busy, sample.busy), sample.fill);
    const from = this.#level;
    this.#level = this.#levelNow();
    if (this.#level === from) return undefined;
    this.#since = now;
    return { from, to: this.#level, sample };
  }

  /** @param draw 0 to 1, the same for each copy of a request. Unknown's requests are alike, whatever they open. */
  refuses(trust: Trust, opensCall: boolean, draw: number): boolean {
    this.#asked.all++;
    if (trust === "proven" && opensCall) this.#asked.byProven++;
    return draw < this.#pressure - floorOf(trust, opensCall);
  }

  #weigh(): void {
    const { all, byProven } = this.#asked;
    if (all > 0) this.#provenShare += FRESH * (byProven / all - this.#provenShare);
    this.#asked.all = 0;
    this.#asked.byProven = 0;
  }

  #moved(lag: number, busy: number, busyNow: number): number {
    const was = this.#pressure;
    const most = this.#provenShare < PROVEN_SHARE ? BEFORE_PROVEN : MAX_PRESSURE;
    if (lag > LAG_TARGET) return Math.min(most, was + Math.min(MAX_RISE, RISE * (lag / LAG_TARGET)));
    if (busy > NO_IDLE && was < 1) return Math.min(1, was + FALL.busy);
    return Math.max(0, was - (busyNow < ROOM ? FALL.room : FALL.busy));
  }

  #levelNow(): OverloadLevel {
    const up = levelAt(this.#pressure);
    if (up >= this.#level || this.#pressure === 0) return up;
    return lower(levelAt(this.#pressure + HYSTERESIS), this.#level);
  }
}

/** Where pressure begins to refuse them. */
function floorOf(trust: Trust, opensCall: boolean): number {
  if (trust === "unknown") return 0;
  if (trust === "registered") return opensCall ? 1 : 2;
  return opensCall ? 3 : Number.POSITIVE_INFINITY;
}

function lower(one: OverloadLevel, other: OverloadLevel): OverloadLevel {
  if (one < other) return one;
  return other;
}

function levelAt(pressure: number): OverloadLevel {
  if (pressure <= 0) return 0;
  return pressure <= 1 ? 1 : pressure <= 2 ? 2 : 3;
}

function atLeast(pressure: number, fill: number): number {
  const least = fills.find((step) => fill >= step.fill)?.pressure ?? 0;
  return Math.min(MAX_PRESSURE, Math.max(pressure, least));
}

/** The least of the last so many, 0 before there are as many. */
function lasting(samples: number[], next: number, howMany: number): number {
  samples.push(next);
  if (samples.length > howMany) samples.shift();
  return samples.length < howMany ? 0 : Math.min(...samples);
}
