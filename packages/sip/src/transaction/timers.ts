import type { Millis } from "../outside.ts";

/**
 * The timers of RFC 3261 §17 and RFC 6026, and two that the RFCs describe without a letter:
 * `X`, the wait for a final response after CANCEL (§9.1), and `C`, borrowed from the proxy (§16.6 step 11): the longest
 * that an INVITE may stay without a final response. Without it a peer that answers 180 and goes silent, or a
 * transaction user that forgets, would hold a record for ever.
 */
export type TimerName = "A" | "B" | "C" | "D" | "E" | "F" | "G" | "H" | "I" | "J" | "K" | "L" | "M" | "X";

/** The values an operator may change, in milliseconds. */
export interface TimerValues {
  /** Round-trip estimate. */
  readonly T1: Millis;
  /** Longest interval between retransmissions of a non-INVITE request or an INVITE response. */
  readonly T2: Millis;
  /** Longest time a message stays in the network. */
  readonly T4: Millis;
  /** Longest time an INVITE may be in progress. The transaction user has its own, shorter limits. */
  readonly C: Millis;
}

/** RFC 3261 table 4; C is ours: an announcement as early media may be long, so an hour. */
export const defaultTimerValues: TimerValues = { T1: 500, T2: 4000, T4: 5000, C: 3_600_000 };

/** First duration of every timer over one kind of transport. `NEVER` is not armed, zero means at once. */
export type TimerTable = Readonly<Record<TimerName, Millis>> & { readonly cap: Millis };

export const NEVER: Millis = Number.POSITIVE_INFINITY;

/** RFC 3261 table 4 and RFC 6026 §8.4, §8.5: over a reliable transport nothing is retransmitted and nothing lingers. */
export function timerTable(values: TimerValues, transport: "reliable" | "unreliable"): TimerTable {
  const { T1, T2, T4, C } = values;
  const long = 64 * T1;
  const unreliable = transport === "unreliable";
  return {
    A: unreliable ? T1 : NEVER,
    B: long,
    C,
    D: unreliable ? Math.max(long, 32_000) : 0,
    E: unreliable ? T1 : NEVER,
    F: long,
    G: unreliable ? T1 : NEVER,
    H: long,
    I: unreliable ? T4 : 0,
    J: unreliable ? long : 0,
    K: unreliable ? T4 : 0,
    L: long,
    M: long,
    X: long,
    cap: T2,
  };
}
