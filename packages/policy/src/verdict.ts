import type { RejectReason } from "./reasons.ts";

export const ruleIds = [
  "source",
  "shape",
  "method",
  "emergency",
  "target",
  "identity",
  "destination",
  "capacity",
  "media",
] as const;
export type RuleId = (typeof ruleIds)[number];

/** `exempt`: later rules about rate do not apply. `emergency`: later limits do not apply. */
export type RuleOutcome = "pass" | "exempt" | "emergency" | "reject" | "drop";

/** One link of the chain `explain` prints. Made once at compile time and shared, so a decision allocates one array. */
export interface RuleTrace {
  readonly rule: RuleId;
  readonly outcome: RuleOutcome;
  /** What was found, in words. Never holds anything the peer wrote. */
  readonly note: string;
  /** The configuration key that decided or would change the answer, when there is one. */
  readonly key: string | undefined;
}

export interface Allowed {
  readonly action: "allow";
  readonly emergency: boolean;
  readonly chain: readonly RuleTrace[];
}

export interface Rejected {
  readonly action: "reject";
  readonly status: number;
  readonly reason: RejectReason;
  readonly rule: RuleId;
  readonly chain: readonly RuleTrace[];
}

export interface Dropped {
  readonly action: "drop";
  readonly reason: RejectReason;
  readonly rule: RuleId;
  readonly chain: readonly RuleTrace[];
}

export type Verdict = Allowed | Rejected | Dropped;
