/**
 * What was refused, whoever refused it: counted, given a decision id, said in the log, and kept so that the id can be
 * explained. What a stranger is refused is rationed as its line is: an id that nobody can have seen explains nothing.
 */
import {
  type RejectReason,
  type RuleId,
  type RuleTrace,
  rejectReasons,
  type SignalSubject,
  type Verdict,
} from "@ringfence/policy";
import type { Millis, Request } from "@ringfence/sip";
import type { HeaderPair } from "./call/headers.ts";
import type { Decider, NotedRefusal } from "./decisions/decision.ts";
import { isOurs, keepDecision, newDecision } from "./decisions/noted.ts";
import { noteRefusedNumber } from "./defence/probing.ts";
import { answerStateless, sourceText, userOf, validated } from "./egress.ts";
import type { Level } from "./events.ts";
import type { Flow } from "./flow.ts";
import { admitLine } from "./refusal-log.ts";
import { count, type EdgeState, tell } from "./state.ts";

export type Refused = Exclude<Verdict, { readonly action: "allow" }>;

interface Why {
  /** What was asked for could not be read well enough to be judged (`malformed`), or was judged. */
  readonly event?: "refused" | "malformed";
  readonly level?: Level;
  /** Undefined: nothing is answered, or not for this reason. */
  readonly status?: number | undefined;
  readonly account?: string | undefined;
  readonly call?: string | undefined;
  readonly detail?: string | undefined;
}

export type Refusal =
  | (Why & {
      readonly by: "policy";
      readonly reason: RejectReason;
      readonly rule?: RuleId | undefined;
      readonly action?: "reject" | "drop";
      readonly chain?: readonly RuleTrace[];
      readonly subject?: SignalSubject | undefined;
    })
  | (Why & { readonly by: Exclude<Decider, "policy" | "cut">; readonly reason: string });

/** What was asked for: user parts only. */
export interface Asked {
  readonly method: string;
  readonly from?: string | undefined;
  readonly to: string | undefined;
}

export function askedBy({ method, from, requestUri }: Request): Asked {
  return { method, from: userOf(from.uri), to: userOf(requestUri) };
}

/** @returns what the answer carries */
export function noteRefusal(state: EdgeState, now: Millis, flow: Flow, asked: Asked, refusal: Refusal): NotedRefusal {
  const { by, reason, status, call, event = "refused", level = "warn", detail } = refusal;
  const decision = newDecision(state);
  if (by === "policy") count(state, { name: "refused", side: flow.side, reason, decision });
  const policy = by === "policy" ? refusal : undefined;
  const ours = isOurs(state, flow);
  const facts = {
    side: flow.side,
    trunk: flow.trunk,
    transport: flow.transport,
    source: sourceText(flow),
    ...asked,
    status,
    reason,
    rule: policy?.rule,
    account: refusal.account ?? policy?.subject?.account,
    call,
  } as const;
  const number = policy?.subject?.number?.dialled ?? asked.to;
  if (by === "policy") noteRefusedNumber(state, now, flow, { account: facts.account, reason, number });
  const headers = status === undefined ? [] : reasonHeader(state, flow, status, decision);
  const left = admitLine(ours ? state.ownRefusalLog : state.refusalLog, now);
  if (left !== undefined) {
    const suppressed = left > 0 ? left : undefined;
    tell(state, { event, level, ...facts, decision, detail, suppressed });
  }
  if (!ours && left === undefined && headers.length === 0) return { decision, headers };
  const { chain = [], action = "reject", subject } = policy ?? {};
  keepDecision(state, now, ours ? "ours" : "strangers", decision, chain, { ...facts, by, action, subject });
  return { decision, headers };
}

/** A verdict other than allow, for a request that has no state yet: it leaves none. */
export function refusal(
  state: EdgeState,
  now: number,
  flow: Flow,
  request: Request,
  verdict: Refused,
  subject: SignalSubject,
): void {
  const { action, reason, rule, chain } = verdict;
  const status = action === "reject" ? verdict.status : undefined;
  const why = { by: "policy", action, reason, rule, status, chain, subject } as const;
  const noted = noteRefusal(state, now, flow, askedBy(request), why);
  if (status === undefined) return;
  const { text } = rejectReasons[reason];
  // The phrase is what a softphone shows: it says why.
  answerStateless(state, request, flow, {
    status,
    phrase: text,
    headers: [...later(state, reason), ...noted.headers],
  });
}

/** The same for what one rule says without having been asked by the policy. */
export function refuseFor(
  state: EdgeState,
  now: Millis,
  flow: Flow,
  request: Request,
  reason: RejectReason,
  level: Level = "warn",
): void {
  const { status, text: phrase } = rejectReasons[reason];
  const { headers } = noteRefusal(state, now, flow, askedBy(request), { by: "policy", reason, status, level });
  answerStateless(state, request, flow, { status, phrase, headers: [...later(state, reason), ...headers] });
}

function later(state: EdgeState, reason: RejectReason): readonly HeaderPair[] {
  const { retryAfter, retrySpread = 0 } = rejectReasons[reason];
  if (retryAfter === undefined) return [];
  const lot = retrySpread === 0 ? 0 : (state.random(1)[0] ?? 0) % (retrySpread + 1);
  return [["Retry-After", String(retryAfter + lot)]];
}

/**
 * RFC 3326 for an answer that refuses, when `policy.reason_header` is on: who asks about it has something to name. It says
 * nothing else, and a source that may be forged gets none (threat L11).
 */
function reasonHeader(state: EdgeState, flow: Flow, status: number, id: string): readonly HeaderPair[] {
  if (!state.settings.config.policy.reasonHeader || !validated(state, flow)) return [];
  return [["Reason", `SIP;cause=${status};text="refused, decision ${id}"`]];
}
