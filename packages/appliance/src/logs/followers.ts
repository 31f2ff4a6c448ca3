/** Parts of the process that are told of each event as it happens: alerts, the live feed, what counts along. */
import type { FollowedLine, LogEvent, LogLevel } from "./log-event.ts";

export class Followers {
  /** Replaced, never changed: a listener may come or go while the others are told. */
  #listeners: readonly ((line: FollowedLine) => void)[] = [];

  add(listener: (line: FollowedLine) => void): () => void {
    // Wrapped, so that the same function may follow twice and each of the two ends only itself.
    const one = (line: FollowedLine): void => listener(line);
    this.#listeners = [...this.#listeners, one];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== one);
    };
  }

  tell(at: number, level: LogLevel, event: LogEvent): void {
    if (this.#listeners.length === 0) return;
    const line: FollowedLine = { at, level, event };
    for (const listener of this.#listeners) {
      try {
        listener(line);
      } catch {
        // What somebody makes of the log is no reason to lose a call; and to log it here would tell the same listener again.
      }
    }
  }
}
