/**
 * REFER outside the call that it is about (RFC 4538): the call is named by Target-Dialog. To the PBX it goes inside that
 * call, whose phone must have sent it over its own flow; its notifications come back in the dialog that the REFER made.
 */
import { type Request, uasDialog } from "@ringfence/sip";
import { respond, stableTag } from "../egress.ts";
import type { Flow } from "../flow.ts";
import type { Served } from "../served.ts";
import { type EdgeState, nameLeg } from "../state.ts";
import { type Named, ownCall, parseTargetDialog } from "./dialog-name.ts";
import { phoneDialog } from "./leg-flow.ts";
import { onRefer } from "./refer.ts";

/** The call that a REFER without a dialog is about; undefined for anything else, and for a call of somebody else. */
export function referredCall(state: EdgeState, flow: Flow, request: Request): Named | undefined {
  if (request.method !== "REFER" || request.to.tag !== undefined || flow.side !== "phone") return undefined;
  const [target, ...more] = request.headers.all("Target-Dialog");
  const name = target === undefined || more.length > 0 ? undefined : parseTargetDialog(target);
  return name === undefined ? undefined : ownCall(state, flow, name);
}

export function onReferAside(state: EdgeState, now: number, served: Served): void {
  const { request, flow } = served;
  const named = referredCall(state, flow, request);
  // The call may have ended since the policy looked.
  if (named === undefined) return respond(state, now, served, { status: 481 });
  const dialog = phoneDialog(uasDialog(request, stableTag(state, request)), flow);
  if (dialog === undefined) {
    return respond(state, now, served, { status: 400, phrase: "Contact missing or unusable" });
  }
  nameLeg(state, named.call, request.callId);
  onRefer(state, now, named.call, named.leg, served, { dialog });
}
