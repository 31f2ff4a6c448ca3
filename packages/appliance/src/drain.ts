/**
 * A drain: no new calls, the old ones finish, then the end. Nothing waits longer than the last call, whose length the
 * policy limits (`policy.limits.call_duration`).
 */
import type { EdgeStatus } from "@ringfence/edge";

/** How often is looked whether the last call has ended, in ms. */
const LOOK_EVERY = 200;
/** After the last call: its BYE may still be on its way to the other side. */
const LINGER = 2_000;

export interface DrainSources {
  readonly drain: () => void;
  readonly status: () => Pick<EdgeStatus, "calls" | "transactions">;
}

export class Drain {
  readonly #sources: DrainSources;
  readonly #finish: () => void;
  #timer: NodeJS.Timeout | undefined;
  #quietFor = 0;
  /** Resolves when a drain was asked for and the last call has ended. */
  readonly done: Promise<void>;

  constructor(sources: DrainSources) {
    this.#sources = sources;
    let finish = (): void => undefined;
    this.done = new Promise((resolve) => {
      finish = resolve;
    });
    this.#finish = () => finish();
  }

  /** Asking again changes nothing. Returns the calls that are waited for. */
  begin(): number {
    this.#sources.drain();
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY);
    return this.#sources.status().calls;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { calls, transactions } = this.#sources.status();
    if (calls > 0) {
      this.#quietFor = 0;
      return;
    }
    this.#quietFor += LOOK_EVERY;
    if (transactions.client > 0 && this.#quietFor < LINGER) return;
    this.stop();
    this.#finish();
  }
}
