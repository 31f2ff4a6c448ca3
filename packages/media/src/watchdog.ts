/**
 * Calls whose media died. Only calls with an agreed stream are watched, and a call on hold is not: silence is what
 * hold means. What bounds a held call is the edge's longest call duration.
 */
interface Watched {
  lastMedia: number;
  held: boolean;
}

export class Watchdog {
  readonly #calls = new Map<string, Watched>();

  /** After each agreement. `held`: every stream is on hold in at least one direction. Starts the silence from zero. */
  watch(call: string, held: boolean, now: number): void {
    this.#calls.set(call, { lastMedia: now, held });
  }

  forget(call: string): void {
    this.#calls.delete(call);
  }

  onMedia(call: string, now: number): void {
    const watched = this.#calls.get(call);
    if (watched !== undefined) watched.lastMedia = now;
  }

  /** Calls silent for `limitMs`, each named once per agreement. A limit of 0 switches the watch off. */
  silent(now: number, limitMs: number): readonly string[] {
    if (limitMs === 0) return [];
    const silent: string[] = [];
    for (const [call, watched] of this.#calls) {
      if (!watched.held && now - watched.lastMedia >= limitMs) silent.push(call);
    }
    for (const call of silent) this.#calls.delete(call);
    return silent;
  }
}
