/** Reject reasons that no rule of `decideSignal` and `decideMedia` gives: test/golden/policy has all the others. */
export const otherReasons = [
  "merged-request",
  "identity-missing",
  "identity-info",
  "identity-credential",
  "identity-invalid",
  "identity-stale",
  "draining",
  "overloaded",
  "pbx-down",
  "fraud-service",
  "fraud-service-silent",
] as const;
