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
}
