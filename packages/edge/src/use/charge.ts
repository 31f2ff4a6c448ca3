/** Who pays for a call: the ledger is told of its begin, answer and end, and a timer waits for the limits of the day. */
import {
  type Cut,
  type DialledNumber,
  isWithinHours,
  type Payer,
  trunkPayer,
  type UseFigures,
  useRefusal,
} from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { Call } from "../call/call.ts";
import { dialledText } from "../dialled-text.ts";
import { lookOn } from "../shadow.ts";
import type { EdgeState } from "../state.ts";

/** Sooner than the budget's last moment: a timer that fires late must not cost the next second. */
const MARGIN = 100;

export interface UseTimer {
  readonly owner: "use";
  readonly payer: Payer;
}

/** Emergency calls are nobody's. */
export function beginUse(state: EdgeState, now: Millis, call: Call): void {
  const book = state.settings.policy.use;
  const payer = call.emergency ? undefined : payerOf(state, call);
  if (payer === undefined) return;
  state.use.ledger.begin(call.id, payer, now, book.chargeOf(numberOf(state, call)));
  watch(state, now, payer);
}

/** The number as the rules saw it: `exchange` is that of the first INVITE still. */
function numberOf({ settings }: EdgeState, { a, b, exchange }: Call): DialledNumber | undefined {
  if (exchange === undefined) return undefined;
  return settings.policy.readNumber(
    dialledText(exchange.request.requestUri),
    a.flow.side === "phone" ? undefined : b.trunk,
  );
}

function payerOf(state: EdgeState, { a, b }: Call): Payer | undefined {
  return state.settings.policy.use.payerOf({ side: a.flow.side, account: a.account, trunk: b.trunk });
}

/** Another trunk is tried for it. */
export function moveUse(state: EdgeState, now: Millis, call: Call): void {
  const { ledger } = state.use;
  const before = ledger.payerOf(call.id);
  if (before === undefined || before === payerOf(state, call)) return;
  ledger.discard(call.id);
  watch(state, now, before);
  beginUse(state, now, call);
}

export function answerUse(state: EdgeState, now: Millis, call: Call): void {
  const { ledger } = state.use;
  const payer = ledger.payerOf(call.id);
  if (payer === undefined) return;
  ledger.answer(call.id, now, state.settings.policy.use.rulesOf(payer).zone);
  watch(state, now, payer);
}

/** How long it may last, by the rules of who pays for it. */
export function longestCall(state: EdgeState, call: Call): Millis {
  const { policy, config } = state.settings;
  const most = config.policy.limits.callDurationMs;
  const payer = state.use.ledger.payerOf(call.id);
  const rules = payer === undefined ? undefined : policy.use.rulesOf(payer);
  const own = rules?.inShadow === true ? undefined : rules?.callDurationMs;
  return own === undefined ? most : Math.min(own, most);
}

/** @param was `no-call`: a phone that was asked for its password comes again with the call it meant */
export function endUse(state: EdgeState, now: Millis, call: Call, was: "call" | "no-call"): void {
  const { ledger } = state.use;
  const payer = ledger.payerOf(call.id);
  if (payer === undefined) return;
  if (was === "no-call") ledger.discard(call.id);
  else ledger.end(call.id, now);
  watch(state, now, payer);
  const { inShadow, callDurationMs = Number.POSITIVE_INFINITY } = state.settings.policy.use.rulesOf(payer);
  if (!inShadow || now - (call.answeredAt ?? now) <= callDurationMs) return;
  lookOn(state, now, call.a.flow, { rule: "use", reason: "max-duration", method: "INVITE", account: call.a.account });
}

/** What a payer has used, for the rules; undefined where nobody pays. */
export function figuresOf(state: EdgeState, now: Millis, payer: Payer | undefined): UseFigures | undefined {
  if (payer === undefined) return undefined;
  return state.use.ledger.figures(payer, now, state.settings.policy.use.rulesOf(payer).zone);
}

/** Whether the rules of a trunk let one more call begin. */
export function mayUse(state: EdgeState, trunk: string, dialled: string): boolean {
  const { policy } = state.settings;
  const book = policy.use;
  const payer = trunkPayer(trunk);
  const rules = book.rulesOf(payer);
  if (!isWithinHours(rules, state.now + state.use.ledger.wallOffset)) return false;
  return (
    useRefusal(rules, book.chargeOf(policy.readNumber(dialled, trunk)), figuresOf(state, state.now, payer)) ===
    undefined
  );
}

/** The calls that limits of the day end, and when: a little too early. Undefined: none. */
export function nextCut(state: EdgeState, now: Millis, payer: Payer): Cut | undefined {
  const { policy, config } = state.settings;
  const rules = policy.use.rulesOf(payer);
  const cut = state.use.ledger.cut(payer, now, rules, config.policy.limits.callDurationMs);
  return cut && { ...cut, at: Math.max(now, cut.at - MARGIN) };
}

/** From now on the payer's calls end when its day's limits do. */
export function watch(state: EdgeState, now: Millis, payer: Payer): void {
  const { timers } = state.use;
  const armed = timers.get(payer);
  if (armed !== undefined) state.deadlines.disarm(armed);
  timers.delete(payer);
  const cut = nextCut(state, now, payer);
  if (cut !== undefined) timers.set(payer, state.deadlines.arm(cut.at, { owner: "use", payer }));
}
