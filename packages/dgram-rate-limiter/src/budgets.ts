import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

/**
 * Budgets of identities we chose: an account, a trunk. The only file that knows rate-limiter-flexible, which keeps an object
 * and a timer for each key: right for these, wrong for a key an attacker can make up. Hence `enrol`: a key that nobody
 * enrolled is refused and leaves nothing behind.
 */
export interface BudgetRule {
  readonly points: number;
  /** Milliseconds. */
  readonly perMs: number;
  /** Identities enrolled at one time. */
  readonly maxIdentities: number;
}

export type BudgetAnswer =
  | { readonly kind: "granted"; readonly remaining: number }
  | { readonly kind: "spent"; readonly retryAfterMs: number }
  /** Not enrolled, or the store failed: a limit that cannot be evaluated refuses. */
  | { readonly kind: "unknown" };

export class Budgets {
  readonly #limiter: RateLimiterMemory;
  readonly #enrolled = new Set<string>();
  readonly #rule: BudgetRule;

  constructor(rule: BudgetRule) {
    this.#rule = rule;
    this.#limiter = new RateLimiterMemory({ points: rule.points, duration: rule.perMs / 1000 });
  }

  get size(): number {
    return this.#enrolled.size;
  }

  /** False: the table of identities is full. */
  enrol(identity: string): boolean {
    if (this.#enrolled.has(identity)) return true;
    if (this.#enrolled.size >= this.#rule.maxIdentities) return false;
    this.#enrolled.add(identity);
    return true;
  }

  async retire(identity: string): Promise<void> {
    if (this.#enrolled.delete(identity)) await this.#limiter.delete(identity);
  }

  async take(identity: string, points = 1): Promise<BudgetAnswer> {
    if (!this.#enrolled.has(identity)) return { kind: "unknown" };
    try {
      const result = await this.#limiter.consume(identity, points);
      return { kind: "granted", remaining: result.remainingPoints };
    } catch (refusal) {
      // The library rejects with a result when the budget is spent, and with an Error when its store failed.
      if (refusal instanceof RateLimiterRes) return { kind: "spent", retryAfterMs: refusal.msBeforeNext };
      return { kind: "unknown" };
    }
  }
}
