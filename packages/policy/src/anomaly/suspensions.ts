/** Accounts that may not call, since when, until when and why. Pure state: times are those of the wall clock, and passed in. */
import { anomalyKinds } from "./kinds.ts";

export interface Suspension {
  readonly since: number;
  /** Undefined: until somebody lifts it. */
  readonly until: number | undefined;
  /** A word from a closed list, or what the operator gave: see `suspensionReasons`. */
  readonly reason: SuspensionReason;
}

/** `command`: somebody said so. The others are what was found in the account's calls, or what the fraud service said of one. */
export const suspensionReasons = ["command", ...anomalyKinds, "refused-destinations", "fraud-service"] as const;
export type SuspensionReason = (typeof suspensionReasons)[number];

/** More accounts than any site suspends; then the oldest is not dropped, the new one is refused, and says so. */
const MOST = 100_000;

export class Suspensions {
  readonly #accounts = new Map<string, Suspension>();
  #changed = new Set<string>();

  get size(): number {
    return this.#accounts.size;
  }

  has(account: string, wall: number): boolean {
    const entry = this.#accounts.get(account);
    return entry !== undefined && !isOver(entry, wall);
  }

  /** False: there is no room. One that is suspended already keeps whichever is longer. */
  suspend(account: string, next: Suspension): boolean {
    const before = this.#accounts.get(account);
    if (before === undefined && this.#accounts.size >= MOST) return false;
    const longer = before === undefined || isOver(before, next.since) || endOf(next) > endOf(before);
    if (longer) this.#accounts.set(account, next);
    this.#changed.add(account);
    return true;
  }

  /** False: it was not suspended. */
  resume(account: string): boolean {
    if (!this.#accounts.delete(account)) return false;
    this.#changed.add(account);
    return true;
  }

  /** Those that are over are forgotten. @returns their names */
  expire(wall: number): readonly string[] {
    const over = [...this.#accounts].filter(([, entry]) => isOver(entry, wall)).map(([account]) => account);
    for (const account of over) this.resume(account);
    return over;
  }

  list(): readonly (Suspension & { readonly account: string })[] {
    return [...this.#accounts].map(([account, entry]) => ({ account, ...entry }));
  }

  /** What is to be written down; undefined: it is lifted. */
  takeChanges(): readonly (readonly [string, Suspension | undefined])[] {
    const changed = this.#changed;
    if (changed.size === 0) return [];
    this.#changed = new Set();
    return [...changed].map((account) => [account, this.#accounts.get(account)]);
  }
}

function endOf({ until }: Suspension): number {
  return until ?? Number.POSITIVE_INFINITY;
}

function isOver(entry: Suspension, wall: number): boolean {
  return endOf(entry) <= wall;
}

/** As it was written down, or undefined. */
export function readSuspension(value: unknown): Suspension | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { since, until, reason } = value as Readonly<Record<string, unknown>>;
  const known = suspensionReasons.find((one) => one === reason);
  if (typeof since !== "number" || known === undefined) return undefined;
  if (until !== undefined && typeof until !== "number") return undefined;
  return { since, until, reason: known };
}
