import { firstSlot, setsFor, type TableKey, ways } from "./eight-way.ts";

/** Sources that may hold on to their slot, of each eight: two always stay for strangers, so a stranger always finds one. */
const pinnedWays = 6;
/** A source that registered and was silent for so long is a stranger again. Phones refresh far more often. */
const levelIdleMs = 3_600_000;

/** Bits of a slot's flags; the level stands above them. */
const used = 1;
const banned = 2;
const levelShift = 2;
const levelMask = 3 << levelShift;
const helped = 16;

/**
 * What behaviour has shown of a source. Small integers, because they stand in two bits of a table.
 * `registered`: a phone behind it registered. `proven`: it went on to behave; who says so is the edge.
 */
export const sourceLevel = { unknown: 0, registered: 1, proven: 2 } as const;
export type SourceLevel = (typeof sourceLevel)[keyof typeof sourceLevel];

/** Octets of a slot: two times, key, credit, flags. */
const slotBytes = 8 + 8 + 4 + 4 + 4 + 1;

/**
 * A table of sources that cannot grow: typed arrays, eight-way sets, a hash seeded with dice so that nobody can aim at a set.
 * The order of eviction is the defence: empty, then the stranger silent for longest. A registered, proven or banned source is
 * never pushed out by strangers, however many there are, because strangers only ever replace strangers.
 *
 * All of it lies in one buffer, column after column in the order of the constructor, which native code reads and writes as well.
 */
export class BoundedTable {
  readonly capacity: number;
  readonly memory: ArrayBuffer;
  readonly sets: number;
  readonly #seed: number;
  readonly seenAt: Float64Array;
  readonly #bannedUntil: Float64Array;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly credit: Uint32Array;
  readonly #flags: Uint8Array;
  /** The last `claim` took the slot of a source that was still there. */
  displaced = false;

  /** @param slots rounded up to a power of two, at least 8. @param seed 32 random bits, from outside. */
  constructor(slots: number, seed: number) {
    this.sets = setsFor(slots);
    this.#seed = seed >>> 0;
    const capacity = this.sets * ways;
    this.capacity = capacity;
    this.memory = new ArrayBuffer(capacity * slotBytes);
    this.seenAt = new Float64Array(this.memory, 0, capacity);
    this.#bannedUntil = new Float64Array(this.memory, capacity * 8, capacity);
    this.#high = new Uint32Array(this.memory, capacity * 16, capacity);
    this.#low = new Uint32Array(this.memory, capacity * 20, capacity);
    this.credit = new Uint32Array(this.memory, capacity * 24, capacity);
    this.#flags = new Uint8Array(this.memory, capacity * 28, capacity);
  }

  /** Octets held, whatever was put in. */
  get bytes(): number {
    return this.memory.byteLength;
  }

  /** The slot of a key, or -1. */
  find(key: TableKey): number {
    const start = firstSlot(key, this.#seed, this.sets);
    for (let slot = start; slot < start + ways; slot++) {
      if (this.#flags[slot] !== 0 && this.#low[slot] === key.low && this.#high[slot] === key.high) return slot;
    }
    return -1;
  }

  /** A slot for a key that `find` did not find. Its credit is the caller's to set. */
  claim(key: TableKey, now: number): number {
    const slot = this.#victim(firstSlot(key, this.#seed, this.sets), now);
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

  level(slot: number): SourceLevel {
    const level = ((this.#flags[slot] ?? 0) & levelMask) >> levelShift;
    return level === 0 ? sourceLevel.unknown : level === 1 ? sourceLevel.registered : sourceLevel.proven;
  }

  /** False: too many sources of this set are pinned already; the source goes on as a stranger, which harms nobody. */
  setLevel(slot: number, now: number, level: SourceLevel): boolean {
    const pinning = level !== sourceLevel.unknown && this.level(slot) === sourceLevel.unknown;
    if (pinning && this.#pinned(slot, now) >= pinnedWays) return false;
    this.#flags[slot] = ((this.#flags[slot] ?? 0) & ~levelMask) | (level << levelShift);
    return true;
  }

  /** A call for help came from there and was let through. */
  wasHelped(slot: number): boolean {
    return ((this.#flags[slot] ?? 0) & helped) !== 0;
  }

  help(slot: number): void {
    this.#flags[slot] = (this.#flags[slot] ?? 0) | helped;
  }

  /** A set full of bans lets the one that ends first go, never a source that registered. */
  ban(slot: number, now: number, until: number): void {
    if (!this.isBanned(slot, now) && this.#pinned(slot, now) >= pinnedWays) this.#endOneBan(slot, now);
    // Phones that registered from there go on: the source keeps its level, and its slot says so.
    this.#flags[slot] = (this.#flags[slot] ?? 0) | banned;
    this.#bannedUntil[slot] = until;
  }

  unban(slot: number): void {
    this.#flags[slot] = (this.#flags[slot] ?? 0) & ~banned;
  }

  /** Counts the whole table: for `status`, not for each packet. */
  counts(now: number): TableCounts {
    const counts = { tracked: 0, registered: 0, proven: 0, banned: 0 };
    for (let slot = 0; slot < this.capacity; slot++) {
      if (this.#flags[slot] === 0) continue;
      counts.tracked++;
      const level = this.level(slot);
      if (level === sourceLevel.registered) counts.registered++;
      if (level === sourceLevel.proven) counts.proven++;
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
    // `setLevel` and `ban` leave two ways of each set unpinned.
    return victim < 0 ? start : victim;
  }

  #isPinned(slot: number, now: number): boolean {
    if (this.isBanned(slot, now)) return true;
    return this.level(slot) !== sourceLevel.unknown && now - (this.seenAt[slot] ?? 0) < levelIdleMs;
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

/** Slots in use, and of these: where a phone registered, where it went on to behave, and which are banned. */
export interface TableCounts {
  readonly tracked: number;
  readonly registered: number;
  readonly proven: number;
  readonly banned: number;
}
