/**
 * Walks a number through the patterns of a plan. Which places a number may be at after some digits is worked out when a
 * number first gets there and remembered, so a decision costs one step a digit and never goes back. What is remembered is
 * bounded: beyond the cap it is forgotten and worked out again.
 */
import type { Places } from "./digit-pattern.ts";

/** States of one plan. All numbers of +1 together need about a thousand. */
const MAX_STATES = 4096;

export interface DigitState<Facts> {
  readonly places: readonly number[];
  /** Tags of the patterns that a beginning of the number fits, in the order of the tags. */
  readonly begun: readonly number[];
  /** Tags of the patterns that the whole fits. */
  readonly whole: readonly number[];
  readonly next: (DigitState<Facts> | undefined)[];
  facts: Facts | undefined;
}

export class DigitAutomaton<Facts> {
  readonly #places: Places;
  readonly #conclude: (state: DigitState<Facts>) => Facts;
  readonly #states = new Map<string, DigitState<Facts>>();
  #start: DigitState<Facts>;

  constructor(places: Places, conclude: (state: DigitState<Facts>) => Facts) {
    this.#places = places;
    this.#conclude = conclude;
    this.#start = blank([]);
  }

  /** What is known of the digits from `from` on; anything but digits ends the walk in nothing. */
  walk(digits: string, from: number): Facts {
    let state = this.#start;
    for (let at = from; at < digits.length; at++) state = this.#after(state, digits, at, at === from);
    state.facts ??= this.#conclude(state);
    return state.facts;
  }

  /** The lengths of the beginnings that are wholly a pattern, the longest first, and shorter than the digits. */
  beginnings(digits: string): readonly number[] {
    const found: number[] = [];
    let state = this.#start;
    for (let at = 0; at < digits.length - 1; at++) {
      state = this.#after(state, digits, at, at === 0);
      if (state.places.length === 0) break;
      if (state.whole.length > 0) found.unshift(at + 1);
    }
    return found;
  }

  #after(state: DigitState<Facts>, digits: string, at: number, first: boolean): DigitState<Facts> {
    const digit = digits.charCodeAt(at) - 0x30;
    return state.next[digit] ?? this.#step(state, digit, first);
  }

  #step(state: DigitState<Facts>, digit: number, first: boolean): DigitState<Facts> {
    const { sets, follow, ends } = this.#places;
    const reached = new Set<number>();
    const from = first ? [this.#places.first] : state.places.map((place) => follow[place] ?? []);
    for (const places of from) {
      for (const place of places) if ((((sets[place] ?? 0) >> digit) & 1) === 1) reached.add(place);
    }
    const places = [...reached].sort(ascending);
    const whole = [...new Set(places.flatMap((place) => ends[place] ?? []))].sort(ascending);
    const begun = [...new Set([...state.begun, ...whole])].sort(ascending);
    const next = this.#known(places, begun, whole);
    if (digit >= 0 && digit <= 9) state.next[digit] = next;
    return next;
  }

  #known(places: readonly number[], begun: readonly number[], whole: readonly number[]): DigitState<Facts> {
    const key = `${places.join()}|${begun.join()}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#states.size >= MAX_STATES) {
      this.#states.clear();
      this.#start = blank([]);
    }
    const state: DigitState<Facts> = { places, begun, whole, next: [], facts: undefined };
    this.#states.set(key, state);
    return state;
  }
}

function blank<Facts>(places: readonly number[]): DigitState<Facts> {
  return { places, begun: [], whole: [], next: [], facts: undefined };
}

function ascending(a: number, b: number): number {
  return a - b;
}
