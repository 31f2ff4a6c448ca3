import type { RejectReason } from "../reasons.ts";
import type { SignalSubject } from "../subject.ts";
import type { RuleId, RuleTrace } from "../verdict.ts";

/** What the rules before found. */
export interface Standing {
  emergency: boolean;
  exempt: boolean;
}

/** What one rule says. Made when the configuration is compiled, returned for every message: a rule allocates nothing. */
export interface Step {
  readonly trace: RuleTrace;
  /** With outcome `reject` or `drop`. */
  readonly reason: RejectReason | undefined;
  /** Outcome `shadow`: a rule of this filter that would have refused before `trace` was found. */
  readonly shadow?: RuleTrace | undefined;
}

export type Filter = (subject: SignalSubject, standing: Readonly<Standing>) => Step;

/** Requests that may open a dialog or a registration: what is asked of a stranger. */
export function opensDialog(subject: SignalSubject): boolean {
  return subject.method === "INVITE" && !subject.inDialog;
}

/** Requests that reach somebody without a dialog: only an account may send one, or a configured peer. */
const addressed: ReadonlySet<string> = new Set(["INVITE", "MESSAGE", "SUBSCRIBE", "PUBLISH"]);

export function needsIdentity(subject: SignalSubject): boolean {
  return addressed.has(subject.method) && !subject.inDialog;
}

export function passes(
  rule: RuleId,
  note: string,
  outcome: "pass" | "exempt" | "emergency" = "pass",
  key?: string,
): Step {
  return { trace: { rule, outcome, note, key }, reason: undefined };
}

export function rejects(rule: RuleId, reason: RejectReason, note: string, key?: string): Step {
  return { trace: { rule, outcome: "reject", note, key }, reason };
}

export function drops(rule: RuleId, reason: RejectReason, note: string, key?: string): Step {
  return { trace: { rule, outcome: "drop", note, key }, reason };
}

/** The answer of a filter whose rule is in shadow: what `refused` found is traced, and the filter says `instead`. */
export function looksOn(refused: Step, instead: Step): Step {
  const { trace, reason } = refused;
  return { ...instead, shadow: { ...trace, outcome: "shadow", reason } };
}
