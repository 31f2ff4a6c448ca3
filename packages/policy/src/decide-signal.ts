import type { Filter, Standing } from "./filter/filter.ts";
import { type RejectReason, rejectReasons } from "./reasons.ts";
import type { SignalSubject } from "./subject.ts";
import type { RuleId, RuleTrace, Verdict } from "./verdict.ts";

/** Asks the rules in their order until one refuses. Allocates the chain and the verdict, nothing else. */
export function decideSignal(filters: readonly Filter[], subject: SignalSubject): Verdict {
  const chain: RuleTrace[] = [];
  const standing: Standing = { emergency: false, exempt: false };
  let shadow: RuleTrace | undefined;
  for (const filter of filters) {
    const { trace, reason, shadow: looked } = filter(subject, standing);
    if (looked !== undefined) chain.push(looked);
    shadow ??= looked;
    chain.push(trace);
    if (reason !== undefined) return { ...refusal(subject.method, trace, reason, chain), shadow };
    if (trace.outcome === "emergency") standing.emergency = true;
    else if (trace.outcome === "exempt") standing.exempt = true;
  }
  return { action: "allow", emergency: standing.emergency, chain, shadow };
}

function refusal(method: string, trace: RuleTrace, reason: RejectReason, chain: readonly RuleTrace[]): Verdict {
  const rule: RuleId = trace.rule;
  // RFC 3261 §17.1.1.3: there is no response to an ACK, so refusing one is dropping it.
  if (trace.outcome === "drop" || method === "ACK") return { action: "drop", reason, rule, chain };
  return { action: "reject", status: rejectReasons[reason].status, reason, rule, chain };
}
