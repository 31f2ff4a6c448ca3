/** What is looked for in an account's calls, and how eagerly. */

/**
 * `burst`: many calls within ten minutes. `odd-hours`: calls at hours at which the account never calls. `short-calls`: many that last no
 * ten seconds. `sequential-dialling`: one number after the other. `first-international`, `new-country`: abroad for the first time, or to a
 * country that is new. `simultaneous`: calls at one time from two countries, or abroad to two countries or from two networks. `call-back`: to a number that
 * costs and that rang once (wangiri).
 */
export const anomalyKinds = [
  "call-back",
  "simultaneous",
  "first-international",
  "new-country",
  "sequential-dialling",
  "burst",
  "odd-hours",
  "short-calls",
] as const;
export type AnomalyKind = (typeof anomalyKinds)[number];

export interface AnomalyRules {
  /** How far back an account's own history counts, in whole days. */
  readonly baselineDays: number;
  /** How many times the usual is unusual. */
  readonly sensitivity: number;
  readonly on: readonly AnomalyKind[];
}
