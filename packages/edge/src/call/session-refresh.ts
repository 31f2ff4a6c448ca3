/** What falls due on a leg's session timer: a refresh of ours, or the end (RFC 4028 §7.2, §10). */
import { requestInDialog } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import type { Call, Leg } from "./call.ts";
import { allowHeader } from "./headers.ts";
import { refreshByInvite } from "./refresh-invite.ts";
import { sendOnLeg } from "./send-on-leg.ts";
import { askHeaders, postponeRefresh } from "./session.ts";
import { hangUp } from "./teardown.ts";

export function onSessionTimer(state: EdgeState, now: number, call: Call, leg: Leg): void {
  const { session } = leg.timer;
  if (session === undefined) return;
  if (now >= session.endAt) return hangUp(state, now, call, "session-expired", 408);
  refreshSession(state, now, call, leg);
}

/** §7.4: by UPDATE where the peer takes it, which touches no media; else by the same offer as before. */
export function refreshSession(state: EdgeState, now: number, call: Call, leg: Leg): void {
  postponeRefresh(state, call, leg, Number.POSITIVE_INFINITY);
  if (leg.takes.update) refreshByUpdate(state, now, call, leg);
  else refreshByInvite(state, now, call, leg);
}

function refreshByUpdate(state: EdgeState, now: number, call: Call, leg: Leg): void {
  if (leg.dialog === undefined) return;
  const { dialog, request: sent } = requestInDialog(leg.dialog, "UPDATE");
  leg.dialog = dialog;
  sent.headers.set("Contact", leg.contact).set("Allow", allowHeader(state.settings, leg.flow));
  for (const [name, value] of askHeaders(state.settings, leg)) sent.headers.add(name, value);
  const clientTx = sendOnLeg(state, now, call, leg, sent);
  if (clientTx === undefined) return;
  leg.timer.refresh = { clientTx, sent, ack: undefined };
  state.calls.bindTransaction(clientTx, call);
}
