/**
 * A name or a pair of names as two 32-bit numbers, for tables that hold numbers only. Seeded: who does not know the seed cannot
 * look for two names that meet. Two that meet by chance (one in 2^64) share their failures, which is bounded and seen.
 */
export class TextKey {
  high = 0;
  low = 0;
  #name = "";
  readonly #seed: number;

  /** @param seed 32 random bits */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
  }

  /** @param more tells a pair from one name: ("a", "b") is not ("ab") */
  read(name: string, more?: string): this {
    this.#name = name;
    this.high = Math.imul(this.#seed ^ name.length, 0x9e3779b1);
    this.low = ~this.#seed ^ (more?.length ?? -1);
    this.#take(name);
    if (more !== undefined) this.#take(more);
    this.high = finish(this.high);
    this.low = finish(this.low);
    return this;
  }

  /** What was read, the first of a pair. */
  text(): string {
    return this.#name;
  }

  #take(text: string): void {
    for (let i = 0; i < text.length; i++) {
      this.high = mix(this.high, text.charCodeAt(i));
      this.low = mix(this.low, this.high + text.charCodeAt(i));
    }
  }
}

function mix(hash: number, code: number): number {
  const next = Math.imul(hash ^ code, 0x85ebca77);
  return next ^ (next >>> 15);
}

function finish(hash: number): number {
  const next = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);
  return (next ^ (next >>> 16)) >>> 0;
}
