import type { AnomalyRules } from "../anomaly/kinds.ts";
import type { SecretSource } from "./config.ts";

/** What follows when an account's calls look like fraud. */
export type FraudAction = "alert" | "suspend";

export interface AnomalyConfig extends AnomalyRules {
  readonly action: FraudAction;
  /** `shadow`: found, counted and logged, and nothing follows. */
  readonly mode: "enforce" | "shadow";
}

/** Somebody else's judgement about calls that leave. */
export interface FraudServiceConfig {
  readonly url: string;
  readonly deadlineMs: number;
  readonly withoutAnswer: "allow" | "refuse";
  /** Signs what is asked. */
  readonly secret: SecretSource | undefined;
  /** Path of the authorities for its certificate; undefined: the system's. */
  readonly ca: string | undefined;
  /** `masked`: without the last digits of numbers, and without addresses. */
  readonly fields: "masked" | "whole";
  /** `shadow`: asked, and never waited for or obeyed. */
  readonly mode: "enforce" | "shadow";
}

export interface FraudConfig {
  readonly action: FraudAction;
  /** How long an account is suspended; undefined: until somebody lifts it. */
  readonly forMs: number | undefined;
  /** Names in `alerts`. */
  readonly notify: readonly string[];
}
