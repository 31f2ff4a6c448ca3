/** Something that keeps its own deadlines, such as a heap of timers: asked for the next one, told when it is due. */
export interface DeadlineSource {
  next(): number | undefined;
  fire(now: number): void;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

/** Time that passes when told to: 32 seconds of time-outs in microseconds. */
export class VirtualClock {
  #now = 0;
  #planned: Planned[] = [];
  #order = 0;
  readonly #sources: DeadlineSource[] = [];

  get now(): number {
    return this.#now;
  }

  attach(source: DeadlineSource): void {
    this.#sources.push(source);
  }

  /** Runs `action` after so many milliseconds, in the order of planning within one instant. */
  after(milliseconds: number, action: () => void): void {
    this.#planned.push({ at: this.#now + milliseconds, order: this.#order++, action });
    this.#planned.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  /** Lets time pass, running everything that falls due on the way, and what that causes in turn. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let steps = 0; ; steps++) {
      if (steps > 1_000_000) throw new Error("virtual clock: something is due again and again at one instant");
      const at = this.#earliest();
      if (at === undefined || at > end) break;
      this.#now = Math.max(this.#now, at);
      this.#runOne();
    }
    this.#now = end;
  }

  #earliest(): number | undefined {
    const times = this.#sources.map((source) => source.next()).filter((at) => at !== undefined);
    const planned = this.#planned[0];
    if (planned !== undefined) times.push(planned.at);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #runOne(): void {
    const planned = this.#planned[0];
    if (planned !== undefined && planned.at <= this.#now) {
      this.#planned.shift();
      planned.action();
      return;
    }
    for (const source of this.#sources) {
      const at = source.next();
      if (at !== undefined && at <= this.#now) {
        source.fire(this.#now);
        return;
      }
    }
  }
}
