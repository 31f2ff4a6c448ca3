/**
 * Hot path. Which of the last packets were seen, RFC 3711 §3.3.2: a ring of bits over the packet index, in the manner of RFC 6479:
 * nothing is shifted, the words between the old and the new highest index are cleared instead.
 *
 * `check` only reads and `mark` only writes, because the order is the security: check, authenticate, mark. Marking before
 * authentication would let anyone who can send a datagram burn indices and push the window past the real stream.
 */
import { srtpResult } from "./failure.ts";

const words = 8;
const bitsPerWord = 32;
const ring = words * bitsPerWord;

/** Packets that may arrive late and still be judged: one word less than the ring, which is being refilled. RFC: at least 64. */
export const replayWindow: number = ring - bitsPerWord;

export class ReplayWindow {
  readonly #bits = new Uint32Array(words);
  #highest: number;

  /** `highest` is the first index seen; `mark` it as well. */
  constructor(highest: number) {
    this.#highest = highest;
  }

  /** A window after a restart: what was seen is not known any more, so all up to `highest` counts as seen. */
  static resumedAt(highest: number): ReplayWindow {
    const window = new ReplayWindow(highest);
    window.#bits.fill(0xffff_ffff);
    return window;
  }

  get highest(): number {
    return this.#highest;
  }

  /** 0 when `index` is new, else `srtpResult.replay` or `srtpResult.old`. */
  check(index: number): number {
    if (index > this.#highest) return 0;
    if (index <= this.#highest - replayWindow) return srtpResult.old;
    const bit = index % ring;
    const seen = ((this.#bits[bit >>> 5] as number) >>> (bit & 31)) & 1;
    return seen === 0 ? 0 : srtpResult.replay;
  }

  /** Only for an index that `check` let pass and whose packet has authenticated since. */
  mark(index: number): void {
    if (index > this.#highest) this.#advance(index);
    const bit = index % ring;
    const word = bit >>> 5;
    this.#bits[word] = (this.#bits[word] as number) | (1 << (bit & 31));
  }

  #advance(index: number): void {
    const from = Math.floor(this.#highest / bitsPerWord);
    const steps = Math.min(Math.floor(index / bitsPerWord) - from, words);
    for (let step = 1; step <= steps; step++) this.#bits[(from + step) % words] = 0;
    this.#highest = index;
  }
}
