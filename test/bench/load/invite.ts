/** µs of CPU, in steady state. */
export interface InviteCost {
  /** Parse, check, policy and serialise, one after the other. */
  readonly whole: number;
  readonly parse: number;
  readonly policy: number;
  readonly serialize: number;
}
