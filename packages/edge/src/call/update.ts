/** UPDATE (RFC 3311): a new offer, also before the call is answered, or a mere sign of life. */
import { type Request, requestInDialog } from "@ringfence/sip";
import { respond } from "../egress.ts";
import type { Flow } from "../flow.ts";
import type { EdgeState } from "../state.ts";
import type { Call, Leg } from "./call.ts";
import { cross, refusedForGlare } from "./crossing.ts";
import { allowHeader } from "./headers.ts";
import { refreshTarget } from "./refresh-target.ts";

export function onUpdate(
  state: EdgeState,
  now: number,
  call: Call,
  leg: Leg,
  id: number,
  request: Request,
  flow: Flow,
): void {
  const offers = request.body.length > 0;
  if (offers && refusedForGlare(state, now, call, leg, id, request, flow)) return;
  const far = leg === call.a ? call.b : call.a;
  if (far.dialog === undefined) return respond(state, now, id, request, flow, { status: 481 });
  refreshTarget(leg, request, flow);
  const { dialog, request: out } = requestInDialog(far.dialog, "UPDATE");
  far.dialog = dialog;
  out.headers.set("Contact", far.contact).set("Allow", allowHeader(state.settings, far.flow));
  cross(state, now, call, { from: leg.name, serverTx: id, request, flow, out, sdp: offers ? "offer" : "none" });
}
