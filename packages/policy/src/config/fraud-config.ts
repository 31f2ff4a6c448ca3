import type { AnomalyRules } from "../anomaly/kinds.ts";

/** What follows when an account's calls look like fraud. */
export type FraudAction = "alert" | "suspend";

export interface AnomalyConfig extends AnomalyRules {
  readonly action: FraudAction;
  /** `shadow`: found, counted and logged, and nothing follows. */
  readonly mode: "enforce" | "shadow";
}

export interface FraudConfig {
  readonly action: FraudAction;
  /** How long an account is suspended; undefined: until somebody lifts it. */
  readonly forMs: number | undefined;
}
