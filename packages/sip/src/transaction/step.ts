import type { Millis } from "../outside.ts";
import { NEVER, type TimerName, type TimerTable } from "./timers.ts";

/** What a machine asks of the table. The order of actions is the order in which they happen. */
export type Action =
  | { readonly kind: "send"; readonly what: "request" | "ack" | "response" }
  | { readonly kind: "arm"; readonly timer: TimerName; readonly after: Millis }
  /** Disarm every timer of the transaction. */
  | { readonly kind: "clear" }
  | { readonly kind: "tell"; readonly what: "response" | "ack" | "timeout" | "ack-timeout" | "transport-error" }
  /** Remove the record. Always last. */
  | { readonly kind: "end" };

export interface Step<State> {
  readonly next: State | "terminated";
  readonly out: readonly Action[];
}

/** A timer that fired, with the interval it was armed for, so that the machine can double it without remembering it. */
export interface TimerInput {
  readonly kind: "timer";
  readonly timer: TimerName;
  readonly waited: Millis;
}

export const clear: Action = { kind: "clear" };
export const end: Action = { kind: "end" };

export function send(what: "request" | "ack" | "response"): Action {
  return { kind: "send", what };
}

export function tell(what: Extract<Action, { kind: "tell" }>["what"]): Action {
  return { kind: "tell", what };
}

/** Arming for `NEVER` is no action at all: that is how a reliable transport drops retransmission. */
export function arm(timer: TimerName, after: Millis): readonly Action[] {
  return after === NEVER ? [] : [{ kind: "arm", timer, after }];
}

export function stay<State>(next: State, ...out: readonly Action[]): Step<State> {
  return { next, out };
}

export function terminate<State>(...out: readonly Action[]): Step<State> {
  return { next: "terminated", out: [...out, end] };
}

/** Enter a state that only waits for late copies: for zero time (reliable transport) that is the end of the transaction. */
export function linger<State>(
  next: State,
  timer: TimerName,
  timers: TimerTable,
  ...out: readonly Action[]
): Step<State> {
  const after = timers[timer];
  return after === 0 ? terminate(...out) : { next, out: [...out, clear, ...arm(timer, after)] };
}
