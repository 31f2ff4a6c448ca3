import type { RejectReason } from "./reasons.ts";

export const ruleIds = [
  "source",
  "shape",
  "method",
  "emergency",
  "target",
  "identity",
  "suspension",
  "destination",
  "international",
  "hours",
  "capacity",
  "use",
  "fraud",
  "media",
] as const;
export type RuleId = (typeof ruleIds)[number];

/**
 * `exempt`: later rules about rate do not apply. `emergency`: later limits do not apply. `shadow`: would have refused, and is
 * only looked at; the rules after it are asked as if it had passed.
 */
export type RuleOutcome = "pass" | "exempt" | "emergency" | "shadow" | "reject" | "drop";

/** One link of the chain `explain` prints. Made once at compile time and shared, so a decision allocates one array. */
export interface RuleTrace {
  readonly rule: RuleId;
  readonly outcome: RuleOutcome;
  /** What was found, in words. Never holds anything the peer wrote. */
  readonly note: string;
  /** The configuration key that decided or would change the answer, when there is one. */
  readonly key: string | undefined;
  /** With outcome `shadow`: what the refusal would have said. */
  readonly reason?: RejectReason | undefined;
}

export interface Allowed {
  readonly action: "allow";
  readonly emergency: boolean;
  readonly chain: readonly RuleTrace[];
  /** The first rule in shadow that would have refused. */
  readonly shadow?: RuleTrace | undefined;
}

export interface Rejected {
  readonly action: "reject";
  readonly status: number;
  readonly reason: RejectReason;
  readonly rule: RuleId;
  readonly chain: readonly RuleTrace[];
  readonly shadow?: RuleTrace | undefined;
}

export interface Dropped {
  readonly action: "drop";
  readonly reason: RejectReason;
  readonly rule: RuleId;
  readonly chain: readonly RuleTrace[];
  readonly shadow?: RuleTrace | undefined;
}

export type Verdict = Allowed | Rejected | Dropped;
