/** Whether the PBX is there, learnt from what it answers and what it does not. */
import { renewAll } from "../registrar/renewal.ts";
import type { EdgeState } from "../state.ts";

/**
 * The PBX answered. After a silence it may have been restarted and have forgotten every registration, so those that it
 * confirmed before count as unconfirmed: each phone's next refresh goes to it, or we register all anew ourselves.
 */
export function pbxAnswered(state: EdgeState, now: number): void {
  const back = state.pbx.reachable === false;
  state.pbx.reachable = true;
  if (!back) return;
  state.pbx.backAt = now;
  renewAll(state, now);
}
