/**
 * A fraud service of the operator's own, asked about calls to outside numbers. The call exists and waits, so that limits count it and a
 * CANCEL finds it; the question is an output, and the answer an input with a deadline. Emergency calls and calls in progress never wait.
 */
import { type DialledNumber, type FraudServiceConfig, type RuleTrace, rejectReasons } from "@ringfence/policy";
import type { Deadline, Millis } from "@ringfence/sip";
import type { Call } from "../call/call.ts";
import type { HeaderPair } from "../call/headers.ts";
import { launch } from "../call/launch.ts";
import { endCall } from "../call/teardown.ts";
import { dialledText } from "../dialled-text.ts";
import { respond } from "../egress.ts";
import type { Flow } from "../flow.ts";
import { askedBy, noteRefusal } from "../refusal.ts";
import { servedOf } from "../served.ts";
import { lookOn } from "../shadow.ts";
import { count, type EdgeState } from "../state.ts";
import type { Route } from "../trunk/route-shape.ts";
import { resume } from "../use/suspension.ts";
import { type Breaker, breakerFailed, breakerPasses, breakerWorked, newBreaker } from "./breaker.ts";
import { judgeSuspicions } from "./fraud.ts";
import { questionOf, readAnswer, type ServiceAnswer } from "./service-question.ts";

/** Questions at one time: more calls than may begin within a deadline, and no more. */
const MAX_ASKED = 256;

export interface ServiceTimer {
  readonly owner: "fraud-service";
  readonly call: string;
}

/** What the call does when it may go on. */
export interface Onward {
  readonly routed: Route;
  readonly references: readonly HeaderPair[];
}

interface Asked {
  readonly timer: Deadline;
  readonly flow: Flow;
  readonly account: string | undefined;
}

export interface ServiceState {
  readonly asked: Map<string, Asked>;
  readonly breaker: Breaker;
}

export function serviceState(): ServiceState {
  return { asked: new Map(), breaker: newBreaker() };
}

/** The call is launched, now or when the service has said that it may be. */
export function launchAsked(state: EdgeState, now: Millis, call: Call, onward: Onward): void {
  const service = state.settings.config.policy.fraudService;
  const number = service === undefined ? undefined : numberToJudge(state, call);
  if (service === undefined || number === undefined) return go(state, now, call, onward);
  if (!ask(state, now, call, number, service)) {
    count(state, { name: "fraud_questions", result: "unasked" });
    if (service.mode === "shadow") return go(state, now, call, onward);
    return withoutAnswer(state, now, call, onward, service);
  }
  if (service.mode === "shadow") go(state, now, call, onward);
  else call.step = { kind: "fraud", onward };
}

/** Who calls outside: a phone's account, or the PBX through a carrier. */
function numberToJudge(
  { settings: { policy } }: EdgeState,
  { a, b, emergency, exchange }: Call,
): DialledNumber | undefined {
  const leaves = a.flow.side === "phone" ? a.account !== undefined : b.trunk !== undefined && a.flow.side === "core";
  if (emergency || !leaves || exchange === undefined) return undefined;
  const text = dialledText(exchange.request.requestUri);
  const number = policy.readNumber(text, a.flow.side === "phone" ? undefined : b.trunk);
  return policy.use.chargeOf(number).outside ? number : undefined;
}

function ask(state: EdgeState, now: Millis, call: Call, number: DialledNumber, service: FraudServiceConfig): boolean {
  const { asked, breaker } = state.fraudService;
  if (asked.size >= MAX_ASKED || !breakerPasses(breaker, now, asked.size)) return false;
  const timer = state.deadlines.arm(now + service.deadlineMs, { owner: "fraud-service", call: call.id });
  asked.set(call.id, { timer, flow: call.a.flow, account: call.a.account });
  state.out.push({ kind: "fraud-ask", call: call.id, question: questionOf(call, number, service.fields) });
  return true;
}

/** @param text of the answer; undefined: it failed. @returns the call, if it was waiting */
export function onServiceAnswer(state: EdgeState, now: Millis, id: string, text: string | undefined): Call | undefined {
  const asked = state.fraudService.asked.get(id);
  if (asked === undefined) return undefined;
  state.deadlines.disarm(asked.timer);
  const answer = text === undefined ? undefined : readAnswer(text);
  if (answer === undefined) return onServiceSilent(state, now, id);
  state.fraudService.asked.delete(id);
  breakerWorked(state);
  count(state, { name: "fraud_questions", result: answer.action });
  for (const account of answer.resume) resume(state, account, "fraud-service");
  return conclude(state, now, id, asked, answer);
}

/** Nothing that could be read came in time. */
export function onServiceSilent(state: EdgeState, now: Millis, id: string): Call | undefined {
  if (!state.fraudService.asked.delete(id)) return undefined;
  breakerFailed(state, now);
  count(state, { name: "fraud_questions", result: "unanswered" });
  const call = state.calls.get(id);
  const service = state.settings.config.policy.fraudService;
  if (call?.step?.kind !== "fraud") return undefined;
  const { onward } = call.step;
  call.step = undefined;
  // A reload may have taken the service away meanwhile.
  if (service === undefined) go(state, now, call, onward);
  else withoutAnswer(state, now, call, onward, service);
  return call;
}

function conclude(
  state: EdgeState,
  now: Millis,
  id: string,
  { flow, account }: Asked,
  { action }: ServiceAnswer,
): Call | undefined {
  const call = state.calls.get(id);
  if (call?.step?.kind !== "fraud") {
    // In shadow, or hung up meanwhile: then nothing is to be done about this call.
    if (action !== "allow")
      lookOn(state, now, flow, { rule: "fraud", reason: "fraud-service", method: "INVITE", account });
    return undefined;
  }
  const { onward } = call.step;
  call.step = undefined;
  if (action === "allow") go(state, now, call, onward);
  else {
    refuse(state, now, call, "fraud-service");
    if (action === "suspend" && account !== undefined) {
      state.use.suspicions.push({ account, reason: "fraud-service", action: "suspend", call });
      judgeSuspicions(state, now);
    }
  }
  return call;
}

function withoutAnswer(state: EdgeState, now: Millis, call: Call, onward: Onward, service: FraudServiceConfig): void {
  if (service.withoutAnswer === "allow") go(state, now, call, onward);
  else refuse(state, now, call, "fraud-service-silent");
}

function go(state: EdgeState, now: Millis, call: Call, { routed, references }: Onward): void {
  launch(state, now, call, routed, references);
}

const chains: Readonly<Record<"fraud-service" | "fraud-service-silent", readonly RuleTrace[]>> = {
  "fraud-service": [judged("the fraud service refused the call", "policy.fraud_service")],
  "fraud-service-silent": [judged("the fraud service did not answer", "policy.fraud_service.without_answer")],
};

function judged(note: string, key: string): RuleTrace {
  return { rule: "fraud", outcome: "reject", note, key };
}

function refuse(state: EdgeState, now: Millis, call: Call, reason: keyof typeof chains): void {
  const { exchange, a } = call;
  if (exchange === undefined) return;
  exchange.phase = "done";
  const { status, text: phrase, retryAfter } = rejectReasons[reason];
  const chain = chains[reason];
  const why = { by: "policy", reason, rule: "fraud", status, chain, account: a.account, call: call.id } as const;
  const { decision, headers } = noteRefusal(state, now, a.flow, askedBy(exchange.request), why);
  call.decision = decision;
  const wait = retryAfter === undefined ? [] : ([["Retry-After", String(retryAfter)]] as const);
  const answer = { status, phrase, toTag: a.localTag, headers: [...wait, ...headers] };
  respond(state, now, servedOf(exchange, a), answer);
  endCall(state, now, call, "fraud-service", "ringfence", status);
}
