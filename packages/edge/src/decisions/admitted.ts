/** A call that was let through: its id stands in its first line, and is kept when that line is written. */
import type { SignalSubject, Verdict } from "@ringfence/policy";
import type { Request } from "@ringfence/sip";
import type { Call } from "../call/call.ts";
import { sourceText } from "../egress.ts";
import type { EdgeState } from "../state.ts";
import { isOurs, keepDecision, newDecision } from "./noted.ts";

export interface FirstDecision {
  readonly id: string;
  readonly admitted: Admitted | undefined;
}

export interface Admitted {
  readonly request: Request;
  readonly subject: SignalSubject;
  readonly verdict: Verdict;
}

/** The first decision about a call: the policy's about the request that is handled now. */
export function firstDecision(state: EdgeState, request: Request): FirstDecision {
  const { admitted } = state;
  state.admitted = undefined;
  return { id: newDecision(state), admitted: admitted?.request === request ? admitted : undefined };
}

/** From now on the call has the decision's id only: the rest would keep its INVITE for as long as it lasts. */
export function keepAdmitted(state: EdgeState, call: Call): void {
  const { first, startedAt, a, b } = call;
  const { id, admitted } = first;
  if (admitted === undefined) return;
  call.first = { id, admitted: undefined };
  const { subject, verdict } = admitted;
  keepDecision(state, startedAt, isOurs(state, a.flow) ? "ours" : "strangers", id, verdict.chain, {
    side: a.flow.side,
    trunk: a.trunk ?? b.trunk,
    transport: a.flow.transport,
    source: sourceText(a.flow),
    method: "INVITE",
    account: a.account ?? b.account,
    from: a.user,
    to: b.user,
    call: call.id,
    by: "policy",
    action: "allow",
    subject,
  });
}
