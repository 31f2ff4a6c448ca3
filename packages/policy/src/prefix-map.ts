import { isMapped, readIpv4, readIpv6 } from "./address.ts";
import { type Cidr, compareCidrs, holds } from "./cidr.ts";

/**
 * What belongs to the block that holds this address? Sorted ranges and a binary search: 17 steps for 100,000 blocks, nothing
 * allocated. CIDR blocks either nest or stay apart; of two that nest the wider one counts, so the ranges never overlap.
 */
export class PrefixMap<T> {
  readonly #v4First: Uint32Array;
  readonly #v4Last: Uint32Array;
  readonly #v4Values: readonly T[];
  /** Four words an end. */
  readonly #v6First: Uint32Array;
  readonly #v6Last: Uint32Array;
  readonly #v6Values: readonly T[];
  readonly #groups = new Uint16Array(8);
  readonly #words = new Uint32Array(4);
  readonly size: number;

  constructor(entries: Iterable<readonly [Cidr, T]>) {
    const all = [...entries];
    const v4 = outermost(all.filter(([cidr]) => cidr.family === 4));
    const v6 = outermost(all.filter(([cidr]) => cidr.family === 6));
    this.#v4First = Uint32Array.from(v4.flatMap(([cidr]) => cidr.first));
    this.#v4Last = Uint32Array.from(v4.flatMap(([cidr]) => cidr.last));
    this.#v4Values = v4.map(([, value]) => value);
    this.#v6First = Uint32Array.from(v6.flatMap(([cidr]) => cidr.first));
    this.#v6Last = Uint32Array.from(v6.flatMap(([cidr]) => cidr.last));
    this.#v6Values = v6.map(([, value]) => value);
    this.size = v4.length + v6.length;
  }

  /** Text that is no address belongs to nothing. */
  get(ip: string): T | undefined {
    if (this.size === 0) return undefined;
    if (ip.indexOf(":") < 0) return this.#findV4(readIpv4(ip, 0));
    const groups = this.#groups;
    if (!readIpv6(ip, groups)) return undefined;
    const words = this.#words;
    for (let i = 0; i < 4; i++) words[i] = (groups[i * 2] ?? 0) * 65536 + (groups[i * 2 + 1] ?? 0);
    return isMapped(groups) ? this.#findV4(words[3] ?? -1) : this.#findV6();
  }

  get ranges(): { readonly v4: Uint32Array; readonly v6: Uint32Array } {
    return { v4: pairs(this.#v4First, this.#v4Last, 1), v6: pairs(this.#v6First, this.#v6Last, 4) };
  }

  #findV4(value: number): T | undefined {
    if (value < 0) return undefined;
    const firsts = this.#v4First;
    let low = 0;
    let high = firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((firsts[middle] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    return low > 0 && value <= (this.#v4Last[low - 1] ?? 0) ? this.#v4Values[low - 1] : undefined;
  }

  #findV6(): T | undefined {
    let low = 0;
    let high = this.#v6Values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#v6First, middle) <= 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 && this.#compare(this.#v6Last, low - 1) >= 0 ? this.#v6Values[low - 1] : undefined;
  }

  /** End number `index` of `ends` minus the address looked for. */
  #compare(ends: Uint32Array, index: number): number {
    for (let i = 0; i < 4; i++) {
      const difference = (ends[index * 4 + i] ?? 0) - (this.#words[i] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

/** First and last of each range, one behind the other. @param words of one address */
function pairs(first: Uint32Array, last: Uint32Array, words: number): Uint32Array {
  const both = new Uint32Array(first.length + last.length);
  for (let at = 0; at < first.length; at += words) {
    both.set(first.subarray(at, at + words), at * 2);
    both.set(last.subarray(at, at + words), at * 2 + words);
  }
  return both;
}

/** Sorted by first address, the wider before the narrower: a block inside another comes after one that holds it. */
function outermost<T>(entries: readonly (readonly [Cidr, T])[]): readonly (readonly [Cidr, T])[] {
  const kept: (readonly [Cidr, T])[] = [];
  for (const entry of entries.toSorted(([a], [b]) => compareCidrs(a, b))) {
    const previous = kept.at(-1)?.[0];
    if (previous === undefined || !holds(previous, entry[0])) kept.push(entry);
  }
  return kept;
}

/** Is this address in one of these blocks? */
export class PrefixSet {
  readonly #map: PrefixMap<true>;
  readonly #cidrs: readonly Cidr[];

  constructor(cidrs: Iterable<Cidr>) {
    this.#cidrs = [...cidrs];
    this.#map = new PrefixMap(this.#cidrs.map((cidr) => [cidr, true]));
  }

  /** This set and these blocks. */
  with(more: Iterable<Cidr>): PrefixSet {
    return new PrefixSet([...this.#cidrs, ...more]);
  }

  get size(): number {
    return this.#map.size;
  }

  has(ip: string): boolean {
    return this.#map.get(ip) === true;
  }

  /** Sorted, apart from each other: first and last address of each, an IPv6 address in four words, the first of the wire first. */
  get ranges(): { readonly v4: Uint32Array; readonly v6: Uint32Array } {
    return this.#map.ranges;
  }
}
