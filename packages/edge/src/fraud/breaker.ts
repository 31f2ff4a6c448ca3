/** A service that does not answer is not asked for a while, so that a dead one costs a caller nothing. One question then tries it. */
import type { Millis } from "@ringfence/sip";
import { type EdgeState, tell } from "../state.ts";

/** In a row. */
const MOST_FAILURES = 5;
const LEFT_ALONE = 10_000;

export interface Breaker {
  failures: number;
  openUntil: Millis;
  /** It has answered once. */
  answered: boolean;
}

export function newBreaker(): Breaker {
  return { failures: 0, openUntil: Number.NEGATIVE_INFINITY, answered: false };
}

export function isOpen({ failures }: Breaker): boolean {
  return failures >= MOST_FAILURES;
}

/** @param underWay questions without an answer yet */
export function breakerPasses(breaker: Breaker, now: Millis, underWay: number): boolean {
  return !isOpen(breaker) || (now >= breaker.openUntil && underWay === 0);
}

export function breakerWorked(state: EdgeState): void {
  const { breaker } = state.fraudService;
  const wasOpen = isOpen(breaker);
  breaker.failures = 0;
  breaker.answered = true;
  if (wasOpen)
    tell(state, { event: "fraud", level: "info", reason: "service-back", detail: "the fraud service answers again" });
}

export function breakerFailed(state: EdgeState, now: Millis): void {
  const { breaker } = state.fraudService;
  breaker.failures++;
  if (!isOpen(breaker)) return;
  breaker.openUntil = now + LEFT_ALONE;
  if (breaker.failures > MOST_FAILURES) return;
  const detail = `${MOST_FAILURES} questions without an answer: calls are not held up for it until it answers again`;
  tell(state, { event: "fraud", level: "error", reason: "service-silent", detail });
}
