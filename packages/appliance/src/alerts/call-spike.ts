/** Far more calls than in the hour before: a dialler, a loop between two PBXs, a stolen password. Pure: time is an argument. */
import type { Condition } from "./alert.ts";

const MINUTE = 60_000;
const MINUTES = 60;
/** So many calls in a minute are ordinary anywhere. */
const LEAST = 30;
const TIMES = 5;
/** The usual is not known sooner. */
const KNOWN_AFTER = 15;

export class CallSpike {
  /** Calls by minute; a minute that was a spike is no measure for the next. */
  readonly #counts = new Float64Array(MINUTES);
  #minute: number | undefined;
  #seen = 0;
  #now = 0;
  #before = 0;
  #spike = false;

  add(at: number): void {
    this.#goTo(at);
    this.#now++;
  }

  /** At most one. */
  conditions(at: number): readonly Condition[] {
    this.#goTo(at);
    const usual = this.#usual();
    const most = Math.max(this.#now, this.#before);
    const limit = Math.max(LEAST, TIMES * usual) / (this.#spike ? 2 : 1);
    this.#spike = this.#seen >= KNOWN_AFTER && most > limit;
    if (!this.#spike) return [];
    const detail = `${most} calls were begun within a minute; in the hour before it were ${usual.toFixed(1)} a minute`;
    return [{ kind: "call-spike", object: "", detail }];
  }

  #usual(): number {
    const known = Math.min(this.#seen, MINUTES);
    let sum = 0;
    for (let i = 0; i < known; i++) sum += this.#counts[i] ?? 0;
    return known === 0 ? 0 : sum / known;
  }

  #goTo(at: number): void {
    const minute = Math.floor(at / MINUTE);
    this.#minute ??= minute;
    const steps = Math.min(minute - this.#minute, MINUTES);
    for (let step = 0; step < steps; step++) {
      if (!this.#spike) this.#counts[this.#seen++ % MINUTES] = this.#now;
      this.#before = this.#now;
      this.#now = 0;
    }
    if (minute > this.#minute) this.#minute = minute;
  }
}
