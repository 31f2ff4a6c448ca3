/** Bans that a restart shall not forget: so many of each kind, because a stranger can make suspects as fast as he sends. */
import type { BanKeeper, KeptBan } from "@ringfence/edge";

/** Bans of one kind. What comes when there is no more room is forgotten with the process. */
const MOST = 8_192;

type Name = Pick<KeptBan, "kind" | "label">;

class KeptBans implements BanKeeper {
  readonly #now: () => number;
  readonly #write: (name: string, ban: KeptBan | undefined) => void;
  readonly #kinds: Readonly<Record<KeptBan["kind"], Map<string, KeptBan>>>;
  /** Nothing ends before. */
  #nextEnd = 0;

  constructor(stored: readonly KeptBan[], now: () => number, write: (name: string, ban: KeptBan | undefined) => void) {
    this.#now = now;
    this.#write = write;
    this.#kinds = { source: new Map(), suspect: new Map(), account: new Map() };
    // Were there too many, those that last longest stay.
    for (const ban of stored.toSorted((a, b) => b.until - a.until)) {
      const room = this.#kinds[ban.kind];
      if (ban.until > now() && room.size < MOST) room.set(ban.label, ban);
      else write(nameOf(ban), undefined);
    }
  }

  get restored(): readonly KeptBan[] {
    return Object.values(this.#kinds).flatMap((bans) => [...bans.values()]);
  }

  keep(ban: KeptBan): void {
    const room = this.#kinds[ban.kind];
    if (room.size >= MOST && !room.has(ban.label)) this.#prune();
    if (room.size >= MOST && !room.has(ban.label)) return;
    room.set(ban.label, ban);
    this.#nextEnd = Math.min(this.#nextEnd, ban.until);
    this.#write(nameOf(ban), ban);
  }

  lifted(ban: Name): void {
    if (this.#kinds[ban.kind].delete(ban.label)) this.#write(nameOf(ban), undefined);
  }

  /** Only when one has ended since: a full table must not be walked for each that comes. */
  #prune(): void {
    const now = this.#now();
    if (now < this.#nextEnd) return;
    this.#nextEnd = Number.POSITIVE_INFINITY;
    for (const ban of this.restored) {
      if (ban.until <= now) this.lifted(ban);
      else this.#nextEnd = Math.min(this.#nextEnd, ban.until);
    }
  }
}

/**
 * @param stored as the process before this one left it; what has ended is not restored
 * @param now wall clock, in milliseconds
 * @param write what a name stands for from now on; undefined: nothing
 */
export function keepBans(
  stored: readonly KeptBan[],
  now: () => number,
  write: (name: string, ban: KeptBan | undefined) => void,
): BanKeeper {
  return new KeptBans(stored, now, write);
}

function nameOf({ kind, label }: Name): string {
  return `${kind} ${label}`;
}
