import { randomBytes } from "node:crypto";

/** Timers that all end with the stand-in: nothing fires after stop(), nothing keeps the process alive. */
export class Timers {
  readonly #live = new Set<NodeJS.Timeout>();
  #stopped = false;

  get size(): number {
    return this.#live.size;
  }

  /** Runs `then` once; the returned function calls it off. */
  after(ms: number, then: () => void): () => void {
    if (this.#stopped) return () => {};
    const timer = setTimeout(() => {
      this.#live.delete(timer);
      then();
    }, ms);
    this.#live.add(timer);
    return () => {
      clearTimeout(timer);
      this.#live.delete(timer);
    };
  }

  clear(): void {
    for (const timer of this.#live) clearTimeout(timer);
    this.#live.clear();
  }

  stop(): void {
    this.#stopped = true;
    this.clear();
  }
}

const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

/** The shapes of the identifiers that were captured. */
export const newTag = (): string => hex(8);
export const newBranch = (): string => `z9hG4bKYXH${hex(8)}`;
export const newNonce = (): string => hex(16).toUpperCase();
export const newCallId = (): string => `${hex(12)}MSS${hex(4)}.`.toUpperCase();
