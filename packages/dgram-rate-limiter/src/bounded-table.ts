import { firstSlot, setsFor, type TableKey, ways } from "./eight-way.ts";

/** Sources that may hold on to their slot, of each eight: two always stay for strangers, so a stranger always finds one. */
const pinnedWays = 6;
/** A proven source that was silent for so long is a stranger again. Phones refresh far more often. */
const provenIdleMs = 3_600_000;

const used = 1;
const proven = 2;
const banned = 4;

/**
 * A table of sources that cannot grow: typed arrays, eight-way sets, a hash seeded with dice so that nobody can aim at a set.
 * The order of eviction is the defence: empty, then the stranger silent for longest. A proven or banned source is never
 * pushed out by strangers, however many there are, because strangers only ever replace strangers.
 */
export class BoundedTable {
  readonly capacity: number;
  readonly #sets: number;
  readonly #seed: number;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #flags: Uint8Array;
  readonly credit: Uint32Array;
  readonly seenAt: Float64Array;
  readonly #bannedUntil: Float64Array;
  /** The last `claim` took the slot of a source that was still there. */
  displaced = false;

  /** @param slots rounded up to a power of two, at least 8. @param seed 32 random bits, from outside. */
  constructor(slots: number, seed: number) {
    this.#sets = setsFor(slots);
    this.#seed = seed >>> 0;
    this.capacity = this.#sets * ways;
    this.#high = new Uint32Array(this.capacity);
    this.#low = new Uint32Array(this.capacity);
    this.#flags = new Uint8Array(this.capacity);
    this.credit = new Uint32Array(this.capacity);
    this.seenAt = new Float64Array(this.capacity);
    this.#bannedUntil = new Float64Array(this.capacity);
  }

  /** Octets held, whatever was put in. */
  get bytes(): number {
    return this.capacity * (4 + 4 + 1 + 4 + 8 + 8);
  }

  /** The slot of a key, or -1. */
  find(key: TableKey): number {
    const start = firstSlot(key, this.#seed, this.#sets);
    for (let slot = start; slot < start + ways; slot++) {
      if (this.#flags[slot] !== 0 && this.#low[slot] === key.low && this.#high[slot] === key.high) return slot;
    }
    return -1;
  }

  /** A slot for a key that `find` did not find. Its credit is the caller's to set. */
  claim(key: TableKey, now: number): number {
    const slot = this.#victim(firstSlot(key, this.#seed, this.#sets), now);
    this.displaced = this.#flags[slot] !== 0;
    this.#high[slot] = key.high;
    this.#low[slot] = key.low;
    this.#flags[slot] = used;
    this.#bannedUntil[slot] = 0;
    this.seenAt[slot] = now;
    return slot;
  }

  isBanned(slot: number, now: number): boolean {
    if (((this.#flags[slot] ?? 0) & banned) === 0) return false;
    if (now < (this.#bannedUntil[slot] ?? 0)) return true;
    this.#flags[slot] = (this.#flags[slot] ?? 0) & ~banned;
    return false;
  }

  isProven(slot: number): boolean {
    return ((this.#flags[slot] ?? 0) & proven) !== 0;
  }

  /** False: too many sources of this set are pinned already; the source goes on as a stranger, which harms nobody. */
  prove(slot: number, now: number): boolean {
    if (!this.isProven(slot) && this.#pinned(slot, now) >= pinnedWays) return false;
    this.#flags[slot] = (this.#flags[slot] ?? 0) | proven;
    return true;
  }

  demote(slot: number): void {
    this.#flags[slot] = (this.#flags[slot] ?? 0) & ~proven;
  }

  /** A set full of bans lets the one that ends first go, never a proven source. */
  ban(slot: number, now: number, until: number): void {
    if (!this.isBanned(slot, now) && this.#pinned(slot, now) >= pinnedWays) this.#endOneBan(slot, now);
    // Phones that registered from there go on: the source stays proven, and its slot says so.
    this.#flags[slot] = (this.#flags[slot] ?? 0) | banned;
    this.#bannedUntil[slot] = until;
  }

  unban(slot: number): void {
    this.#flags[slot] = (this.#flags[slot] ?? 0) & ~banned;
  }

  /** Counts the whole table: for `status`, not for each packet. */
  counts(now: number): { readonly tracked: number; readonly proven: number; readonly banned: number } {
    const counts = { tracked: 0, proven: 0, banned: 0 };
    for (let slot = 0; slot < this.capacity; slot++) {
      if (this.#flags[slot] === 0) continue;
      counts.tracked++;
      if (this.isProven(slot)) counts.proven++;
      if (this.isBanned(slot, now)) counts.banned++;
    }
    return counts;
  }

  #victim(start: number, now: number): number {
    let victim = -1;
    for (let slot = start; slot < start + ways; slot++) {
      if (this.#flags[slot] === 0) return slot;
      if (this.#isPinned(slot, now)) continue;
      if (victim < 0 || (this.seenAt[slot] ?? 0) < (this.seenAt[victim] ?? 0)) victim = slot;
    }
    // `prove` and `ban` leave two ways of each set unpinned.
    return victim < 0 ? start : victim;
  }

  #isPinned(slot: number, now: number): boolean {
    if (this.isBanned(slot, now)) return true;
    return this.isProven(slot) && now - (this.seenAt[slot] ?? 0) < provenIdleMs;
  }

  #pinned(slot: number, now: number): number {
    const start = slot - (slot % ways);
    let count = 0;
    for (let i = start; i < start + ways; i++) if (this.#isPinned(i, now)) count++;
    return count;
  }

  #endOneBan(slot: number, now: number): void {
    const start = slot - (slot % ways);
    let first = -1;
    for (let i = start; i < start + ways; i++) {
      if (!this.isBanned(i, now)) continue;
      if (first < 0 || (this.#bannedUntil[i] ?? 0) < (this.#bannedUntil[first] ?? 0)) first = i;
    }
    if (first >= 0) this.unban(first);
  }
}
