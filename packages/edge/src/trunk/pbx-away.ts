/**
 * While the last node of the PBX is known to be down, what is meant for it is refused at once: a phone that is told to come
 * back rings sooner than one that waits for a time-out. Every refusal may ask the PBX anew, so that its return is noticed.
 */
import type { Millis, Request } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import { refuseFor } from "../refusal.ts";
import type { EdgeState } from "../state.ts";
import { askActive } from "./pbx-health.ts";

/** One request so often goes its way nevertheless: a PBX may serve phones and answer no OPTIONS. */
const TRY_AGAIN = 60_000;

/** True: the request has been answered. */
export function refusedWhileAway(state: EdgeState, now: Millis, flow: Flow, request: Request): boolean {
  if (!isAway(state, flow) || mayTry(state, now)) return false;
  askActive(state, now);
  refuseFor(state, now, flow, request, "pbx-down");
  return true;
}

/** A ban is for the phones' socket: carriers' calls come from another address. */
function isAway({ pbx, pbxHealth }: EdgeState, { side }: Flow): boolean {
  return pbx.reachable === false && (side === "phone" || (side === "trunk" && pbxHealth.silence !== "banned"));
}

function mayTry({ pbxHealth: health }: EdgeState, now: Millis): boolean {
  if (now - health.triedAt < TRY_AGAIN) return false;
  health.triedAt = now;
  return true;
}
