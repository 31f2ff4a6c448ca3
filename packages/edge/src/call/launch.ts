/** The first INVITE of a new call: at once, or with the SDP that the media relay makes of the caller's offer. */
import type { EdgeState } from "../state.ts";
import type { Route } from "../trunk/route-shape.ts";
import type { Call } from "./call.ts";
import { offerMedia } from "./described.ts";
import { firstInvite } from "./first-invite.ts";
import type { HeaderPair } from "./headers.ts";
import { exchangeOf, sendInvite } from "./send-invite.ts";

export function launch(
  state: EdgeState,
  now: number,
  call: Call,
  routed: Route,
  references: readonly HeaderPair[],
): void {
  const exchange = exchangeOf(call);
  const { request } = exchange;
  const invite = firstInvite(state, call, request, routed, references);
  if (exchange.lateOffer) return sendInvite(state, now, call, invite);
  exchange.sent = invite;
  call.step = { kind: "invite" };
  offerMedia(state, call, "a", request.body);
}
