/** One host of a carrier being tried for a call: how long, and what comes next. */
import type { Deadline, Hop } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import type { Candidate } from "../trunk/carrier.ts";
import type { Call } from "./call.ts";

/**
 * Timer B is 32 s, which no caller waits. Without any provisional after this time (the INVITE went out three times over
 * UDP) the next host is tried: within four seconds of the first going silent.
 */
const ATTEMPT = 3_000;

export interface Attempt {
  trunk: string;
  hop: Hop;
  rest: readonly Candidate[];
  timer: Deadline | undefined;
  /** Challenges answered on the present host. */
  challenges: number;
  /** Redirects followed. */
  redirects: number;
}

export function newAttempt(candidate: Candidate, rest: readonly Candidate[]): Attempt {
  const { trunk, hop } = candidate;
  return { trunk: trunk.config.name, hop, rest, timer: undefined, challenges: 0, redirects: 0 };
}

/** Only where there is another host: the last one has the time that RFC 3261 gives. */
export function armAttempt(state: EdgeState, now: number, call: Call): void {
  const { attempt } = call;
  if (attempt === undefined || attempt.rest.length === 0) return;
  disarmAttempt(state, call);
  attempt.timer = state.deadlines.arm(now + ATTEMPT, { owner: "call", call: call.id, timer: "attempt" });
}

export function disarmAttempt(state: EdgeState, call: Call): void {
  const timer = call.attempt?.timer;
  if (call.attempt === undefined || timer === undefined) return;
  state.deadlines.disarm(timer);
  call.attempt.timer = undefined;
}
