import { performance } from "node:perf_hooks";

const frameMs = 20;
/** After a longer pause (a suspended machine) frames are lost rather than sent in one burst. */
const mostBehindMs = 500;

/** One 20 ms clock for every stream that makes sound. Due times are counted from the start, so they do not drift. */
export class MediaTicker {
  readonly #streams = new Set<() => void>();
  #due = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Calls `tick` every 20 ms until the returned function is called. */
  add(tick: () => void): () => void {
    this.#streams.add(tick);
    if (this.#timer === undefined) {
      this.#due = performance.now() + frameMs;
      this.#arm();
    }
    return () => {
      this.#streams.delete(tick);
    };
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#run(), Math.max(0, this.#due - performance.now()));
  }

  #run(): void {
    const now = performance.now();
    if (now - this.#due > mostBehindMs) this.#due = now;
    while (this.#due <= now) {
      for (const tick of this.#streams) tick();
      this.#due += frameMs;
    }
    this.#timer = undefined;
    if (this.#streams.size > 0) this.#arm();
  }

  stop(): void {
    this.#streams.clear();
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
