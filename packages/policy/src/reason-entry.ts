/** What a refusal says, and to whom. */
export interface ReasonEntry {
  /** Status of the answer; a `drop` verdict sends none, whatever stands here. */
  readonly status: number;
  /** Reason phrase for the phone: names no internals. */
  readonly text: string;
  /** For the operator, in `explain`, the log and docs/errors.md. */
  readonly remedy: string;
  /** Seconds for a Retry-After header, where trying again later makes sense. */
  readonly retryAfter?: number;
  /** Up to so many seconds more, by lot: who was refused together shall not come back together. */
  readonly retrySpread?: number;
}
