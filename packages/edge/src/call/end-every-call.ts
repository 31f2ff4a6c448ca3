/** The end of the process, said to whoever is in a call: without media and without us nobody hears the other any more. */
import type { EdgeState } from "../state.ts";
import { hangUp } from "./teardown.ts";

export function endEveryCall(state: EdgeState, now: number): void {
  state.draining = true;
  for (const call of [...state.calls]) hangUp(state, now, call, "process-ended", 503);
}
