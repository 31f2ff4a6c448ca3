/** Every timer of the signalling finds its owner here. */
import type { Millis } from "@ringfence/sip";
import { onCallTimer } from "./call/timers.ts";
import { bindingDue } from "./registrar/holding.ts";
import { onKeepaliveTimer } from "./registrar/keepalive.ts";
import { onRenewalTimer } from "./registrar/renewal.ts";
import { onEndingTimer } from "./reload/ending.ts";
import { credentialTimer, fraudTimer } from "./reports.ts";
import { type EdgeState, type EdgeTimer, push } from "./state.ts";
import { onSubscriptionTimer } from "./subscription/subscribe.ts";
import { onFailed } from "./transaction-user.ts";
import { probePbx } from "./trunk/pbx-health.ts";
import { onTrunkTimer } from "./trunk/supervise.ts";
import { onUseTimer } from "./use/cut.ts";

export function fireTimer(state: EdgeState, now: Millis, event: EdgeTimer): void {
  if (event.owner === "transaction") push(state, state.transactions.onTimer(now, event));
  else if (event.owner === "relay") onFailed(state, now, event.id, "timeout");
  else if (event.owner === "call") onCallTimer(state, now, event.call, event.timer);
  else if (event.owner === "credential") credentialTimer(state, now, event.url);
  else if (event.owner === "fraud-service") fraudTimer(state, now, event.call);
  else if (event.owner === "subscription") onSubscriptionTimer(state, event.id);
  else if (event.owner === "keepalive") onKeepaliveTimer(state, now, event.token);
  else if (event.owner === "pbx-health") probePbx(state, now);
  else if (event.owner === "renewal") onRenewalTimer(state, now, event.token, event.placed);
  else if (event.owner === "binding") bindingDue(state, now, event.token);
  else if (event.owner === "ending") onEndingTimer(state, now);
  else if (event.owner === "use") onUseTimer(state, now, event.payer);
  else onTrunkTimer(state, now, event);
}
