/** Whether the PBX is there, learnt from what it answers and what it does not. */
import type { EdgeState } from "../state.ts";

/**
 * The PBX answered. After a silence it may have been restarted and have forgotten every registration, so those that it
 * confirmed before count as unconfirmed: each phone's next refresh goes to it.
 */
export function pbxAnswered(state: EdgeState, now: number): void {
  if (state.pbx.reachable === false) state.pbx.backAt = now;
  state.pbx.reachable = true;
}
