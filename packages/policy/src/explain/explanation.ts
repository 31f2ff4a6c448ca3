/** Why a request was let through or refused: the chain of a verdict with the lines of the file that decided. */
import { type RejectReason, rejectReasons } from "../reasons.ts";
import type { RuleTrace, Verdict } from "../verdict.ts";

export interface ExplainedRule extends RuleTrace {
  /** From 1; undefined where the file says nothing and the default holds. */
  readonly line: number | undefined;
}

export interface Explanation {
  readonly action: Verdict["action"];
  readonly emergency: boolean;
  readonly status: number | undefined;
  readonly reason: RejectReason | undefined;
  /** What the caller is told; undefined where the call is let through. */
  readonly text: string | undefined;
  /** What would have changed the answer. */
  readonly remedy: string | undefined;
  /** In the order in which they were asked; the last of a refusal is the one that refused. */
  readonly rules: readonly ExplainedRule[];
}

export function explainVerdict(verdict: Verdict, lineOf: (key: string) => number | undefined): Explanation {
  const refused = verdict.action === "allow" ? undefined : verdict.reason;
  const entry = refused === undefined ? undefined : rejectReasons[refused];
  return {
    action: verdict.action,
    emergency: verdict.action === "allow" && verdict.emergency,
    status: verdict.action === "reject" ? verdict.status : undefined,
    reason: refused,
    text: entry?.text,
    remedy: entry?.remedy,
    rules: verdict.chain.map((trace) => ({
      ...trace,
      line: trace.key === undefined ? undefined : lineOf(trace.key),
    })),
  };
}
