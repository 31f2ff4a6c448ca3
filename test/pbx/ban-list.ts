import type { Knobs } from "./knobs.ts";

const sourceLimit = 10_000;

/** "Fail to ban" and the black and white list: finding 1 of the study. Bans are by address only, so one bad phone bans a whole border. */
export class BanList {
  readonly #knobs: Knobs;
  readonly #accept: ReadonlySet<string>;
  readonly #reject: ReadonlySet<string>;
  readonly #failures = new Map<string, number[]>();
  readonly #until = new Map<string, number>();

  constructor(knobs: Knobs, accept: readonly string[], reject: readonly string[]) {
    this.#knobs = knobs;
    this.#accept = new Set(accept);
    this.#reject = new Set(reject);
  }

  /** Addresses banned by F2B now. */
  banned(now: number): string[] {
    return [...this.#until].filter(([, until]) => until > now).map(([address]) => address);
  }

  admits(address: string, now: number): boolean {
    if (this.#accept.has(address)) return true;
    if (this.#reject.has(address)) return false;
    const until = this.#until.get(address);
    if (until === undefined) return true;
    if (until > now) return false;
    this.#until.delete(address);
    return true;
  }

  /** Credentials of this address did not check. */
  failed(address: string, now: number): void {
    if (!this.#knobs.f2b || this.#accept.has(address) || this.#failures.size >= sourceLimit) return;
    const since = now - this.#knobs.f2bWindow * 1000;
    const recent = [...(this.#failures.get(address) ?? []).filter((at) => at > since), now];
    this.#failures.set(address, recent);
    if (recent.length < this.#knobs.f2bFailures) return;
    this.#failures.delete(address);
    this.#until.set(address, now + this.#knobs.f2bBan * 1000);
  }

  forget(): void {
    this.#failures.clear();
    this.#until.clear();
  }
}
