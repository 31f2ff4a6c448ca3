/** What follows failures, as the configuration says it. */
import type { PenaltyRule } from "@ringfence/dgram-rate-limiter";
import type { EdgeState } from "../state.ts";

export function ruleOf(state: EdgeState): PenaltyRule {
  return state.settings.config.defence.failures;
}
