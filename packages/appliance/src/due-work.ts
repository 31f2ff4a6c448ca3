/** Something that is to be done at fixed times, counted from midnight UTC. What failed is tried again each minute. */
export interface Work<R> {
  /** Rejects with why it could not be done. */
  readonly report: Promise<R>;
  /** Whatever it has begun is ended by the next one. */
  stop(): Promise<void>;
}

export interface DueOptions<R> {
  readonly now: () => number;
  /** Arranges for the work to be done later; ends with what it returns. */
  readonly later: (ms: number, work: () => void) => () => void;
  /** @param due nothing is to be done where it was done at this time or later */
  readonly run: (due: number) => Work<R>;
  /** @param recovered the time before it had failed. @returns when it was done last */
  readonly onDone: (report: R, recovered: boolean) => number;
  /** @param first the time before it had not failed */
  readonly onFailed: (why: string, first: boolean) => void;
}

const TRY_AGAIN = 60_000;
/** A timer takes no month, and clocks are set. */
const LOOK_AGAIN = 3_600_000;
/** A start has more urgent things to do. */
const AT_START = 5_000;

export class DueWork<R> {
  readonly #options: DueOptions<R>;
  #everyMs: number | undefined;
  #stopped = false;
  #cancel = (): void => undefined;
  #running: Work<R> | undefined;
  #lastAt: number | undefined;
  #failing: string | undefined;

  constructor(options: DueOptions<R>) {
    this.#options = options;
  }

  /** Milliseconds since 1970; undefined: not since the start. */
  get lastAt(): number | undefined {
    return this.#lastAt;
  }

  /** Why it could not be done the last time. */
  get failing(): string | undefined {
    return this.#failing;
  }

  /** @param everyMs undefined: never */
  apply(everyMs: number | undefined): void {
    this.#everyMs = everyMs;
    if (everyMs === undefined) this.#failing = undefined;
    this.#wait(AT_START);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running?.stop();
  }

  #wait(ms: number): void {
    this.#cancel();
    if (!this.#stopped) this.#cancel = this.#options.later(ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    const everyMs = this.#everyMs;
    if (this.#stopped || everyMs === undefined || this.#running !== undefined) return;
    const { now, run } = this.#options;
    const due = Math.floor(now() / everyMs) * everyMs;
    if (this.#lastAt === undefined || this.#lastAt < due) {
      try {
        this.#running = run(due);
        this.#done(await this.#running.report);
      } catch (error) {
        this.#failed(error instanceof Error ? error.message : String(error));
      }
      this.#running = undefined;
    }
    const next = Math.floor(now() / everyMs + 1) * everyMs - now();
    this.#wait(this.#failing === undefined ? Math.min(next, LOOK_AGAIN) : TRY_AGAIN);
  }

  #done(report: R): void {
    const recovered = this.#failing !== undefined;
    this.#failing = undefined;
    this.#lastAt = this.#options.onDone(report, recovered);
  }

  #failed(why: string): void {
    // Ended by us.
    if (this.#stopped) return;
    const first = this.#failing === undefined;
    this.#failing = why;
    this.#options.onFailed(why, first);
  }
}
