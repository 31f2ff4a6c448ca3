/** Changes gathered and written together, off the path of a message. Only the last change of one thing is written. */
import type { Change, StorePort } from "./port.ts";

export interface WriteBehindOptions {
  /** Arranges for `flush` to be called a little later. */
  readonly later: (flush: () => void) => void;
  /** Once for each row of failures: the changes wait for the next try. */
  readonly onTrouble: (error: unknown) => void;
  /** The disk takes changes again. */
  readonly onRecovered: () => void;
}

/** One change a binding at most; what is beyond is lost with a restart, not with the service. */
const MAX_WAITING = 100_000;

export class WriteBehind {
  readonly #store: StorePort;
  readonly #options: WriteBehindOptions;
  #waiting = new Map<string, Change>();
  #scheduled = false;
  #failing = false;

  constructor(store: StorePort, options: WriteBehindOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** The last time something was written it was not: the changes wait for the next try. */
  get failing(): boolean {
    return this.#failing;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  add(change: Change): void {
    const key = keyOf(change);
    if (this.#waiting.size >= MAX_WAITING && !this.#waiting.has(key)) return;
    this.#waiting.set(key, change);
    this.#schedule();
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#waiting.size === 0) return;
    const batch = this.#waiting;
    this.#waiting = new Map();
    try {
      this.#store.write([...batch.values()]);
    } catch (error) {
      // What changed meanwhile is newer.
      for (const [key, change] of this.#waiting) batch.set(key, change);
      this.#waiting = batch;
      if (!this.#failing) this.#options.onTrouble(error);
      this.#failing = true;
      this.#schedule();
      return;
    }
    if (this.#failing) this.#options.onRecovered();
    this.#failing = false;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.later(() => this.flush());
  }
}

/** Tokens hold no space. */
function keyOf(change: Change): string {
  if ("payer" in change) return `use ${change.payer}`;
  if ("call" in change) return `call ${change.call}`;
  if ("secret" in change) return `mark ${change.secret}`;
  if ("alert" in change) return `alert ${change.alert}`;
  return "banned" in change ? `ban ${change.banned}` : change.token;
}
