/** Refused early: before the policy is asked, a password looked up or media laid out, because a refusal must cost less than a call. */
import type { Millis, Request } from "@ringfence/sip";
import { trustOf } from "../defence/ladder.ts";
import type { Flow } from "../flow.ts";
import { refuseFor } from "../refusal.ts";
import { identityOn } from "../registrar/identity.ts";
import { lookOn } from "../shadow.ts";
import type { EdgeState } from "../state.ts";

/** Not asked of what belongs to a call that is up, or calls for help; what comes from the PBX is never refused. True: it has been answered. */
export function shed(state: EdgeState, now: Millis, flow: Flow, request: Request): boolean {
  if (state.overload.pressure === 0 || flow.side === "core") return false;
  if (!isRefused(state, now, flow, request)) return false;
  if (state.settings.config.defence.mode === "shadow") {
    lookOn(state, now, flow, { rule: "overload", reason: "overloaded", method: request.method });
    return false;
  }
  refuseFor(state, now, flow, request, "overloaded");
  return true;
}

function isRefused(state: EdgeState, now: Millis, flow: Flow, request: Request): boolean {
  const { method, callId } = request;
  const binding = flow.side === "phone" ? identityOn(state, flow, request) : undefined;
  const trust = trustOf(state, now, flow, binding);
  // Its refresh costs less than its coming back, and a BYE or CANCEL that crossed ours ends something.
  if (trust !== "unknown" && (method === "REGISTER" || method === "CANCEL" || request.to.tag !== undefined))
    return false;
  const { address } = flow.packetSource;
  if (binding !== undefined && state.conducts.opened(now, binding.user, address)) {
    return state.overload.refuses("registered", method === "INVITE", drawOf(state, callId));
  }
  return state.overload.refuses(trust, method === "INVITE", drawOf(state, callId));
}

/** 0 to 1 by the Call-ID: its copies, and its answer to a challenge, fare as it did. Seeded, so that nobody picks a lucky one. */
function drawOf({ overloadSeed }: EdgeState, callId: string): number {
  let hash = overloadSeed;
  for (let i = 0; i < callId.length; i++) hash = Math.imul(hash ^ callId.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
