/** Octets that come in pieces of any size, taken in pieces that somebody wants. */
import type { Octets } from "../../sealed-file.ts";

export class OctetReader {
  readonly #source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);

  constructor(octets: Octets) {
    this.#source = Symbol.asyncIterator in octets ? octets[Symbol.asyncIterator]() : octets[Symbol.iterator]();
  }

  /** At most so many, and at least one; undefined: there are no more. @throws what the source throws */
  async some(most: number): Promise<Uint8Array | undefined> {
    while (this.#piece.length === 0) {
      const { done, value } = await this.#source.next();
      if (done === true) return undefined;
      this.#piece = value;
    }
    const taken = this.#piece.subarray(0, most);
    this.#piece = this.#piece.subarray(taken.length);
    return taken;
  }

  /** Exactly so many; undefined: it ended before. */
  async exactly(length: number): Promise<Uint8Array | undefined> {
    const whole = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const piece = await this.some(length - at);
      if (piece === undefined) return undefined;
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  /** Whoever made the octets may stop. */
  async stop(): Promise<void> {
    await this.#source.return?.();
  }
}
