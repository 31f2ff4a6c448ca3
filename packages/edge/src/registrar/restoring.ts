import type { Millis } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import { restoreBinding } from "./holding.ts";
import { type KeptBinding, restoredBinding } from "./kept-binding.ts";

/** @returns the tokens of those whose flows are no good any more */
export function restoreBindings(
  state: EdgeState,
  now: Millis,
  kept: readonly KeptBinding[],
  wallOffset: number,
): readonly string[] {
  const over: string[] = [];
  for (const one of kept) {
    const binding = restoredBinding(state.settings, now, one, wallOffset);
    if (binding === undefined) over.push(one.token);
    else restoreBinding(state, now, binding);
  }
  return over;
}
