/** A verdict other than allow: answered without state, counted, and said in the log with the rule and a decision id. */
import { rejectReasons, type Verdict } from "@ringfence/policy";
import type { Request } from "@ringfence/sip";
import { answerStateless, sourceText, userOf } from "./egress.ts";
import type { Flow } from "./flow.ts";
import { servedMethods } from "./local/allow.ts";
import { admitLine } from "./refusal-log.ts";
import { count, type EdgeState, hex, tell } from "./state.ts";

export type Refused = Exclude<Verdict, { readonly action: "allow" }>;

export function refusal(state: EdgeState, now: number, flow: Flow, request: Request, verdict: Refused): void {
  count(state, { name: "refused", side: flow.side, reason: verdict.reason });
  write(state, now, flow, request, verdict);
  if (verdict.action === "drop") return;
  const { text, retryAfter, retrySpread = 0 } = rejectReasons[verdict.reason];
  const later = retrySpread === 0 ? 0 : (state.random(1)[0] ?? 0) % (retrySpread + 1);
  const wait = retryAfter === undefined ? [] : ([["Retry-After", String(retryAfter + later)]] as const);
  // RFC 3261 §8.2.1: a 405 MUST say what would be allowed.
  const allow = verdict.status === 405 ? ([["Allow", servedMethods(state.settings, flow)]] as const) : [];
  const headers = [...wait, ...allow];
  // The phrase is what a softphone shows: it says why.
  answerStateless(state, request, flow, { status: verdict.status, phrase: text, headers });
}

function write(state: EdgeState, now: number, flow: Flow, request: Request, verdict: Refused): void {
  const suppressed = admitLine(state.refusalLog, now);
  if (suppressed === undefined) return;
  tell(state, {
    event: "refused",
    level: "warn",
    side: flow.side,
    trunk: flow.trunk,
    transport: flow.transport,
    source: sourceText(flow),
    method: request.method,
    status: verdict.action === "reject" ? verdict.status : undefined,
    reason: verdict.reason,
    rule: verdict.rule,
    decision: hex(state.random(4)),
    from: userOf(request.from.uri),
    to: userOf(request.requestUri),
    suppressed: suppressed > 0 ? suppressed : undefined,
  });
}
