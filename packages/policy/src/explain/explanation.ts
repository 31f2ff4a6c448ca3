/** Why a request was let through or refused: the chain of a verdict with the lines of the file that decided. */
import { type RejectReason, rejectReasons } from "../reasons.ts";
import type { RuleTrace, Verdict } from "../verdict.ts";
import { type Caller, placeOf, type RuleFile } from "./place.ts";

export interface ExplainedRule extends RuleTrace {
  /** From 1; undefined where the file says nothing and the default holds. */
  readonly line: number | undefined;
}

export interface Explanation {
  /** `end`: a call that was let through before. */
  readonly action: Verdict["action"] | "end";
  readonly emergency: boolean;
  readonly status: number | undefined;
  /** One of `rejectReasons`, or of another closed list of docs/errors.md when it was not the policy that said so. */
  readonly reason: string | undefined;
  /** What the caller is told; undefined where the call is let through. */
  readonly text: string | undefined;
  /** What would have changed the answer. */
  readonly remedy: string | undefined;
  /** In the order in which they were asked; the last of a refusal is the one that refused. */
  readonly rules: readonly ExplainedRule[];
}

/** What is known of an answer: a verdict, or what was kept of one. */
export interface Answered extends Pick<Explanation, "action" | "status" | "reason"> {
  readonly chain: readonly RuleTrace[];
}

export function explainVerdict(verdict: Verdict, caller: Caller, file: RuleFile): Explanation {
  const status = verdict.action === "reject" ? verdict.status : undefined;
  const reason = verdict.action === "allow" ? undefined : verdict.reason;
  return explainAnswer({ ...verdict, status, reason }, caller, file);
}

export function explainAnswer(
  { action, status, reason, chain }: Answered,
  caller: Caller,
  file: RuleFile,
): Explanation {
  const entry = isRejectReason(reason) ? rejectReasons[reason] : undefined;
  return {
    action,
    emergency: action === "allow" && chain.some(({ outcome }) => outcome === "emergency"),
    status,
    reason,
    text: entry?.text,
    remedy: entry?.remedy,
    rules: chain.map((trace) => {
      const place = trace.key === undefined ? undefined : placeOf(trace.key, caller, file);
      return { ...trace, key: place?.key, line: place?.line };
    }),
  };
}

function isRejectReason(reason: string | undefined): reason is RejectReason {
  return reason !== undefined && Object.hasOwn(rejectReasons, reason);
}
