/** When calls were begun, as far as the last hour goes: exact, whichever way the hour lies. */

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** More than any limit allows in an hour (`calls_per_hour`). */
const MOST_AN_HOUR = 10_000;

export class HourWindow {
  /** Ascending; those before `#from` are older than an hour. */
  #times: number[] = [];
  #from = 0;

  add(at: number): void {
    this.#times.push(at);
    if (this.#times.length - this.#from > MOST_AN_HOUR) this.#from++;
    if (this.#from > 512 && this.#from * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#from);
      this.#from = 0;
    }
  }

  count(now: number): number {
    while (this.#from < this.#times.length && (this.#times[this.#from] ?? now) <= now - HOUR) this.#from++;
    return this.#times.length - this.#from;
  }

  /** Takes back one that was added at that time: it was no call. */
  remove(at: number): void {
    const place = this.#times.lastIndexOf(at);
    if (place >= this.#from) this.#times.splice(place, 1);
  }

  /** `[minute, calls]`, to be written down: a minute since 1970 stands for its last instant, so that nothing is forgotten too early. */
  record(now: number, wallOffset: number): readonly (readonly [number, number])[] {
    this.count(now);
    const counts = new Map<number, number>();
    for (let at = this.#from; at < this.#times.length; at++) {
      const minute = Math.floor(((this.#times[at] ?? 0) + wallOffset) / MINUTE);
      counts.set(minute, (counts.get(minute) ?? 0) + 1);
    }
    return [...counts];
  }

  static restored(record: readonly (readonly [number, number])[], now: number, wallOffset: number): HourWindow {
    const window = new HourWindow();
    for (const [minute, calls] of record) {
      // A clock that was set back must not make a call that lies ahead.
      const at = Math.min(now, (minute + 1) * MINUTE - 1 - wallOffset);
      for (let call = 0; call < Math.min(calls, MOST_AN_HOUR); call++) window.add(at);
    }
    return window;
  }
}
