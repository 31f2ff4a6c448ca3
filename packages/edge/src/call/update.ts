/** UPDATE (RFC 3311): a new offer, also before the call is answered, or a mere sign of life. */
import { requestInDialog } from "@ringfence/sip";
import { respond } from "../egress.ts";
import type { Served } from "../served.ts";
import type { EdgeState } from "../state.ts";
import type { Call, Leg } from "./call.ts";
import { cross, refusedForGlare } from "./crossing.ts";
import { answerOfRepeated } from "./described.ts";
import { allowHeader } from "./headers.ts";
import { noteMethods } from "./peer-methods.ts";
import { refreshTarget } from "./refresh-target.ts";
import { askHeaders, beginGranted, grantHeaders, judgeSession } from "./session.ts";

export function onUpdate(state: EdgeState, now: number, call: Call, leg: Leg, served: Served): void {
  const { request, flow } = served;
  // RFC 4028 §7.4: before the call is answered there is no session to keep.
  const up = call.state === "up";
  const session = up ? judgeSession(state.settings, leg, request, leg.timer.session) : undefined;
  if (session !== undefined && "status" in session) return respond(state, now, served, session);
  const offers = request.body.length > 0;
  if (offers && refusedForGlare(state, now, call, leg, served)) return;
  const far = leg === call.a ? call.b : call.a;
  if (far.dialog === undefined) return respond(state, now, served, { status: 481 });
  refreshTarget(leg, request, flow);
  noteMethods(leg, request);
  const body = offers ? answerOfRepeated(call, leg.name, request.body) : undefined;
  if (!offers || body !== undefined) {
    // Nothing new: a sign of life of this side, and none of the other's business.
    const headers = [
      ["Contact", leg.contact],
      ["Allow", allowHeader(state.settings, leg.flow)],
      ...grantHeaders(session),
    ] as const;
    respond(state, now, served, { status: 200, headers, body });
    if (up) beginGranted(state, now, call, leg, session);
    return;
  }
  const { dialog, request: out } = requestInDialog(far.dialog, "UPDATE");
  far.dialog = dialog;
  out.headers.set("Contact", far.contact).set("Allow", allowHeader(state.settings, far.flow));
  if (up) for (const [name, value] of askHeaders(state.settings, far)) out.headers.add(name, value);
  cross(state, now, call, { from: leg.name, ...served, out, sdp: "offer", session });
}
