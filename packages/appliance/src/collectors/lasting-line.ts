/**
 * A line to a collector that may be away: opened again after pauses that double. That it is away is said once, and that it is
 * back when it has held for a while: of UDP nobody knows that it arrives, only, later, that it does not, and who accepts a
 * connection may hang up.
 */
import type { Later } from "../logs/later.ts";
import type { Line, LinePlace, OpenLine } from "./line.ts";

export interface LastingLineWorld {
  readonly later: Later;
  readonly open: OpenLine;
  readonly onUp: () => void;
  readonly onRoom: () => void;
  /** What was written and is not acknowledged may be lost. Comes too when the line is left on purpose. */
  readonly onDown: () => void;
  /** Once, until `onBack`. @param why the end of a sentence */
  readonly onLost: (why: string) => void;
  readonly onBack: () => void;
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
const settledAfterMs = 5_000;

export class LastingLine {
  readonly #world: LastingLineWorld;
  #place: LinePlace;
  #line: Line | undefined;
  #isUp = false;
  #isLost = false;
  #why: string | undefined;
  #pauseMs = firstPauseMs;
  /** Of the next attempt, or of the moment when this one has held. */
  #callOff: (() => void) | undefined;

  /** Not opened yet. */
  constructor(place: LinePlace, world: LastingLineWorld) {
    this.#place = place;
    this.#world = world;
  }

  get place(): LinePlace {
    return this.#place;
  }

  /** While it is up. */
  get up(): Line | undefined {
    return this.#isUp ? this.#line : undefined;
  }

  /** Why it is not up; undefined: it is, or it is not known yet. */
  get down(): string | undefined {
    return this.#isUp ? undefined : this.#why;
  }

  /** Where it is not yet. */
  open(): void {
    if (this.#line !== undefined) return;
    const line: Line = this.#world.open(this.#place, {
      onUp: () => {
        if (line === this.#line) this.#onUp();
      },
      onRoom: () => {
        if (line === this.#line) this.#world.onRoom();
      },
      onDown: (why) => {
        if (line === this.#line) this.giveUp(why);
      },
    });
    this.#line = line;
  }

  /** To another place, or to the same with another certificate. */
  turnTo(place: LinePlace): void {
    this.#place = place;
    this.#pauseMs = firstPauseMs;
    this.close();
    this.open();
  }

  /** It is tried again after a pause. @param why the end of a sentence */
  giveUp(why: string): void {
    this.close();
    this.#why = why;
    this.#callOff = this.#world.later(this.#pauseMs, () => this.open());
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
    if (this.#isLost) return;
    this.#isLost = true;
    this.#world.onLost(why);
  }

  close(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    const line = this.#line;
    this.#line = undefined;
    this.#isUp = false;
    line?.close();
    this.#world.onDown();
  }

  #onUp(): void {
    this.#isUp = true;
    this.#callOff = this.#world.later(settledAfterMs, () => this.#onSettled());
    this.#world.onUp();
  }

  #onSettled(): void {
    this.#pauseMs = firstPauseMs;
    if (!this.#isLost) return;
    this.#isLost = false;
    this.#why = undefined;
    this.#world.onBack();
  }
}
