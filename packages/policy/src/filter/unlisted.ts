/**
 * What holds behind the last rule of `policy.destinations`: an ordinary number that no rule is about may be called, one that
 * toll fraud lives on may not. A file that says nothing serves an office, and pays no thief (docs/decisions/0015).
 */
import type { DestinationRule } from "../config/policy-config.ts";

const rejecting = {
  prefix: undefined,
  country: undefined,
  type: undefined,
  list: undefined,
  action: "reject",
  mode: "enforce",
} as const;

export const unlistedRules: readonly DestinationRule[] = [
  { ...rejecting, list: "high-risk", reason: "high-risk-destination" },
  { ...rejecting, type: ["premium", "satellite"], reason: "premium-rate" },
];
