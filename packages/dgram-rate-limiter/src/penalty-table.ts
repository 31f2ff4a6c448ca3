import { firstSlot, setsFor, type TableKey, ways } from "./eight-way.ts";

/** When failures become a ban, and how bans grow. */
export interface PenaltyRule {
  /** Milliseconds over which failures are counted. */
  readonly windowMs: number;
  /** So many of them ban. */
  readonly max: number;
  /** The first ban; each further one is `grow` times as long as the one before, up to `longestMs`. */
  readonly banMs: number;
  readonly grow: number;
  readonly longestMs: number;
}

/** A ban as it stands. Times are those of the caller's clock. */
export interface Penalty {
  readonly label: string;
  readonly reason: string;
  readonly since: number;
  readonly until: number;
  /** How many bans so far, this one too. */
  readonly times: number;
}

/** A key that can say what it stands for; asked only when a ban begins. */
export interface NamedKey extends TableKey {
  text(): string;
}

/** Different names that are told apart for one key; beyond them each failure counts. */
const maxNames = 8;

/**
 * Failures and bans of keys, in a fixed number of slots: whole numbers in typed arrays, and one text for each ban that stands.
 * Of eight neighbours the one that failed longest ago makes room, one that is banned last of all.
 */
export class PenaltyTable {
  readonly #sets: number;
  readonly #seed: number;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  /** 0: the slot is free. */
  readonly #seenAt: Float64Array;
  readonly #windowEnd: Float64Array;
  readonly #failures: Uint16Array;
  readonly #names: Uint32Array;
  readonly #since: Float64Array;
  readonly #until: Float64Array;
  readonly #times: Uint8Array;
  readonly #labels: (string | undefined)[];
  readonly #reasons: (string | undefined)[];
  #standing = 0;

  /** @param slots rounded up to a power of two. @param seed 32 random bits */
  constructor(slots: number, seed: number) {
    this.#sets = setsFor(slots);
    this.#seed = seed >>> 0;
    const capacity = this.#sets * ways;
    this.#high = new Uint32Array(capacity);
    this.#low = new Uint32Array(capacity);
    this.#seenAt = new Float64Array(capacity);
    this.#windowEnd = new Float64Array(capacity);
    this.#failures = new Uint16Array(capacity);
    this.#names = new Uint32Array(capacity * maxNames);
    this.#since = new Float64Array(capacity);
    this.#until = new Float64Array(capacity);
    this.#times = new Uint8Array(capacity);
    this.#labels = new Array<string | undefined>(capacity).fill(undefined);
    this.#reasons = new Array<string | undefined>(capacity).fill(undefined);
  }

  get capacity(): number {
    return this.#labels.length;
  }

  /**
   * A failure. Those of one name within the window are one; name 0 counts each time.
   * @returns the ban, when this failure made one
   */
  fail(now: number, key: NamedKey, rule: PenaltyRule, name: number, reason: string): Penalty | undefined {
    const slot = this.#slotOf(now, key);
    if (now >= (this.#windowEnd[slot] ?? 0)) this.#openWindow(slot, now + rule.windowMs);
    this.#seenAt[slot] = now;
    if (!this.#isNews(slot, name)) return undefined;
    this.#failures[slot] = Math.min((this.#failures[slot] ?? 0) + 1, 0xffff);
    if ((this.#failures[slot] ?? 0) < rule.max || this.#isBanned(slot, now)) return undefined;
    if (now - (this.#until[slot] ?? 0) > rule.longestMs) this.#times[slot] = 0;
    const length = rule.banMs * rule.grow ** (this.#times[slot] ?? 0);
    this.#openWindow(slot, 0);
    return this.#put(slot, { since: now, until: now + Math.min(length, rule.longestMs), label: key.text(), reason });
  }

  /** A ban without failures: by hand, or from before a restart, when it may have begun before `now`. */
  ban(now: number, key: NamedKey, { since, until, reason, times }: Omit<Penalty, "label">): Penalty {
    const slot = this.#slotOf(now, key);
    this.#times[slot] = Math.min(Math.max(times, 1), 255) - 1;
    this.#seenAt[slot] = now;
    return this.#put(slot, { since: Math.min(since, now), until, label: key.text(), reason });
  }

  isBanned(now: number, key: TableKey): boolean {
    if (this.#standing === 0) return false;
    const slot = this.#find(key);
    return slot >= 0 && this.#isBanned(slot, now);
  }

  /** Ends the ban and forgets the failures. False: there was none. */
  lift(now: number, key: TableKey): boolean {
    const slot = this.#find(key);
    if (slot < 0) return false;
    const was = this.#isBanned(slot, now);
    this.#free(slot);
    return was;
  }

  /** Every ban that stands: for `status` and `bans`, not for each message. */
  standing(now: number): readonly Penalty[] {
    const found: Penalty[] = [];
    for (let slot = 0; slot < this.capacity; slot++) {
      if (this.#isBanned(slot, now)) found.push(this.#read(slot));
    }
    return found;
  }

  #put(slot: number, { since, until, label, reason }: Omit<Penalty, "times">): Penalty {
    if (this.#labels[slot] === undefined) this.#standing++;
    this.#times[slot] = Math.min((this.#times[slot] ?? 0) + 1, 255);
    this.#since[slot] = since;
    this.#until[slot] = until;
    this.#labels[slot] = label;
    this.#reasons[slot] = reason;
    return this.#read(slot);
  }

  #read(slot: number): Penalty {
    return {
      label: this.#labels[slot] ?? "",
      reason: this.#reasons[slot] ?? "",
      since: this.#since[slot] ?? 0,
      until: this.#until[slot] ?? 0,
      times: this.#times[slot] ?? 0,
    };
  }

  #isBanned(slot: number, now: number): boolean {
    if (this.#labels[slot] === undefined) return false;
    if (now < (this.#until[slot] ?? 0)) return true;
    this.#endBan(slot);
    return false;
  }

  /** How often it was banned stays, so that the next ban is longer. */
  #endBan(slot: number): void {
    if (this.#labels[slot] !== undefined) this.#standing--;
    this.#labels[slot] = undefined;
    this.#reasons[slot] = undefined;
  }

  #free(slot: number): void {
    this.#endBan(slot);
    this.#openWindow(slot, 0);
    this.#until[slot] = 0;
    this.#times[slot] = 0;
    this.#seenAt[slot] = 0;
  }

  #openWindow(slot: number, end: number): void {
    this.#windowEnd[slot] = end;
    this.#failures[slot] = 0;
    this.#names.fill(0, slot * maxNames, (slot + 1) * maxNames);
  }

  #isNews(slot: number, name: number): boolean {
    if (name === 0) return true;
    for (let place = slot * maxNames; place < (slot + 1) * maxNames; place++) {
      if (this.#names[place] === name >>> 0) return false;
      if (this.#names[place] !== 0) continue;
      this.#names[place] = name;
      return true;
    }
    return true;
  }

  #find(key: TableKey): number {
    const start = firstSlot(key, this.#seed, this.#sets);
    for (let slot = start; slot < start + ways; slot++) {
      if (this.#low[slot] === key.low && this.#high[slot] === key.high && this.#seenAt[slot] !== 0) return slot;
    }
    return -1;
  }

  #slotOf(now: number, key: TableKey): number {
    const known = this.#find(key);
    if (known >= 0) return known;
    const slot = this.#victim(firstSlot(key, this.#seed, this.#sets), now);
    this.#free(slot);
    this.#high[slot] = key.high;
    this.#low[slot] = key.low;
    this.#seenAt[slot] = now;
    return slot;
  }

  #victim(start: number, now: number): number {
    let victim = start;
    for (let slot = start + 1; slot < start + ways; slot++) {
      if (this.#worth(slot, now) < this.#worth(victim, now)) victim = slot;
    }
    return victim;
  }

  /** What a slot holds is worth as much as it is young; a ban more than any failure, and the longer the more. */
  #worth(slot: number, now: number): number {
    return this.#isBanned(slot, now)
      ? Number.MAX_SAFE_INTEGER / 2 + (this.#until[slot] ?? 0)
      : (this.#seenAt[slot] ?? 0);
  }
}
