/**
 * Places that many sources share. When one is needed and none is free, it is taken from the source that holds most, and
 * there from who has had it longest. A source that holds none always gets one, so nobody is kept out, however many sources
 * there are; any other one gets it where that makes them more even, and not where two would only change places.
 */
import { CappedMap } from "../capped-map.ts";

export class FairPool<T> {
  readonly #bySource = new Map<string, Set<T>>();
  /** Sources by the number of places they hold. */
  readonly #byCount: CappedMap<string, true>[] = [];
  #size = 0;
  #most = 0;

  get size(): number {
    return this.#size;
  }

  held(source: string): number {
    return this.#bySource.get(source)?.size ?? 0;
  }

  /** Who holds a place already keeps it. */
  add(source: string, holder: T): void {
    const holders = this.#bySource.get(source) ?? new Set();
    if (holders.has(holder)) return;
    this.#bySource.set(source, holders.add(holder));
    this.#size++;
    this.#move(source, holders.size - 1, holders.size);
  }

  delete(source: string, holder: T): void {
    const holders = this.#bySource.get(source);
    if (holders === undefined || !holders.delete(holder)) return;
    if (holders.size === 0) this.#bySource.delete(source);
    this.#size--;
    this.#move(source, holders.size + 1, holders.size);
  }

  /** Whose place this source may have; undefined: it holds its share. */
  victimFor(source: string): T | undefined {
    const held = this.held(source);
    if (held > 0 && this.#most < held + 2) return undefined;
    const fullest = this.#byCount[this.#most]?.oldest;
    const [oldest] = (fullest && this.#bySource.get(fullest[0])) ?? [];
    return oldest;
  }

  #move(source: string, from: number, to: number): void {
    this.#byCount[from]?.delete(source);
    if (to > 0) {
      this.#byCount[to] ??= new CappedMap(Number.POSITIVE_INFINITY);
      this.#byCount[to].set(source, true);
    }
    // A count changes by one, so the most does too.
    this.#most = to > this.#most ? to : this.#byCount[this.#most]?.size === 0 ? this.#most - 1 : this.#most;
  }
}
