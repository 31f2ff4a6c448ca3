/** The timers of a trunk: one for each of its tasks; a new one takes the place of the old. */
import type { Millis } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import { hopKey } from "./locate.ts";
import type { TrunkTimer } from "./trunk-states.ts";

export type TrunkTask = Extract<TrunkTimer, { owner: "trunk" }>["task"];

export function armTrunk(state: EdgeState, now: Millis, trunk: string, task: TrunkTask, after: Millis): void {
  const key = `${task} ${trunk}`;
  const before = state.trunks.timers.get(key);
  if (before !== undefined) state.deadlines.disarm(before);
  state.trunks.timers.set(key, state.deadlines.arm(now + after, { owner: "trunk", trunk, task }));
}

/** Of the 256 values of an octet: two seconds in all, in ms. */
const JITTER_STEP = 8;

/**
 * A host is back: registrations that failed because it was away need not wait any longer. What the carrier refused (4xx) is
 * not asked again for that, and a Retry-After holds.
 */
export function registerAgain(state: EdgeState, now: Millis, hop: string): void {
  for (const { config, hops } of state.settings.trunks) {
    const entry = state.trunks.registrations.get(config.name);
    if (entry?.state !== "failed" || entry.reason?.startsWith("4") === true) continue;
    if (!hops.some((one) => hopKey(one) === hop)) continue;
    const [random = 0] = state.random(1);
    armTrunk(state, now, config.name, "register", Math.max(entry.notBefore - now, random * JITTER_STEP));
  }
}
