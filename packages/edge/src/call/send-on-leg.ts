/** A request inside a call goes out on one of its legs, the INVITE apart (send-invite.ts). */
import type { OutRequest } from "@ringfence/sip";
import { sendForAccount } from "../registrar/sent-for-account.ts";
import type { EdgeState } from "../state.ts";
import type { Call, Leg } from "./call.ts";
import { legFlow } from "./leg-flow.ts";

/** Towards the PBX it stands for the phone on the other leg, whose password answers a challenge (`authentication: edge`). */
export function sendOnLeg(
  state: EdgeState,
  now: number,
  call: Call,
  leg: Leg,
  request: OutRequest,
): number | undefined {
  const other = leg.name === "a" ? call.b : call.a;
  return sendForAccount(state, now, request, legFlow(state, leg), { account: other.account, leg });
}
