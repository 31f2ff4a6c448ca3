/** What is in shadow protects nobody, and is easily forgotten there: said at the start, after a reload, and every hour. */
import type { Attendant } from "./attendants.ts";
import type { Log } from "./logs/logger.ts";

const EVERY = 3_600_000;

export function shadowWarning(key: string): string {
  return `${key} is in shadow: what it would refuse is counted and logged, and let through`;
}

export class ShadowWatch implements Attendant {
  readonly #log: Log;
  readonly #keys: () => readonly string[];
  readonly #timer: NodeJS.Timeout;

  /** @param keys those in shadow now */
  constructor(log: Log, keys: () => readonly string[]) {
    this.#log = log;
    this.#keys = keys;
    this.#timer = setInterval(() => this.say(), EVERY);
    this.#timer.unref();
  }

  apply(): void {
    this.say();
  }

  say(): void {
    for (const key of this.#keys()) {
      this.#log.line("warn", { event: "in-shadow", reason: key, detail: shadowWarning(key) });
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
