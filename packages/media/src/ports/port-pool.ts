/**
 * Which port pairs are free on one local address. Order is random, so that the next port cannot be guessed from the
 * last one (threat L1). Pure: time and dice are arguments.
 */
import { drainMs, PortDrain, quarantineMs } from "./port-drain.ts";

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Even ports whose odd neighbour belongs to the range too. */
export function pairsIn({ first, last }: PortRange): number {
  return Math.max(0, Math.floor((last + 1 - evenFrom(first)) / 2));
}

function evenFrom(port: number): number {
  return port + (port % 2);
}

type Random = (bytes: number) => Uint8Array;

export class PortPool {
  readonly #random: Random;
  readonly #used = new Set<number>();
  readonly #resting = new PortDrain();
  readonly #quarantined = new PortDrain();
  #range: PortRange;
  #free: number[] = [];

  constructor(range: PortRange, random: Random) {
    this.#range = range;
    this.#random = random;
    this.#refill();
  }

  /** An even port whose odd neighbour belongs to it too; undefined when none is left. */
  take(now: number): number | undefined {
    // The rest is looked through only when it could help, or now and then would be a scan for every call.
    if (this.#free.length === 0) this.#collect(now);
    if (this.#free.length === 0) return undefined;
    const dice = this.#random(4);
    const index = new DataView(dice.buffer, dice.byteOffset, 4).getUint32(0) % this.#free.length;
    const port = this.#free[index] as number;
    const last = this.#free.pop() as number;
    if (index < this.#free.length) this.#free[index] = last;
    this.#used.add(port);
    return port;
  }

  /** After use: the pair rests. Ignores a pair that is not out. */
  release(port: number, now: number): void {
    if (this.#used.delete(port)) this.#resting.add(port, now + drainMs);
  }

  /** Another process holds one of the two: do not try again soon. */
  quarantine(port: number, now: number): void {
    if (this.#used.delete(port)) this.#quarantined.add(port, now + quarantineMs);
  }

  isOut(port: number): boolean {
    return this.#used.has(port);
  }

  /** A reload: pairs in use stay out until released, whatever the new range says. */
  resize(range: PortRange): void {
    if (range.first === this.#range.first && range.last === this.#range.last) return;
    this.#range = range;
    this.#refill();
  }

  /** Pairs. Ends rests that are over, so that figures fall without a new call. */
  counts(now: number): { readonly free: number; readonly used: number; readonly draining: number } {
    this.#collect(now);
    return { free: this.#free.length, used: this.#used.size, draining: this.#resting.size };
  }

  #collect(now: number): void {
    for (const port of this.#resting.takeReady(now)) this.#giveBack(port);
    for (const port of this.#quarantined.takeReady(now)) this.#giveBack(port);
  }

  #giveBack(port: number): void {
    if (port >= this.#range.first && port + 1 <= this.#range.last) this.#free.push(port);
  }

  #refill(): void {
    this.#free = [];
    for (let port = evenFrom(this.#range.first); port + 1 <= this.#range.last; port += 2) {
      if (!this.#used.has(port) && !this.#resting.has(port) && !this.#quarantined.has(port)) this.#free.push(port);
    }
  }
}
