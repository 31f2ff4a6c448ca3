/** CANCEL (RFC 3261 §9.2): the INVITE gets 487 from us at once; what the far side then says is dealt with when it comes. */
import type { Request } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import type { Call } from "./call.ts";
import { rollbackMedia } from "./described.ts";
import { reasonHeaders } from "./headers.ts";
import { endCall, releaseExchange } from "./teardown.ts";

export function onCancel(state: EdgeState, now: number, call: Call, target: number, request: Request): void {
  const exchange = call.exchange;
  if (exchange === undefined || exchange.serverTx !== target) return;
  // Too late: a final answer has gone out, CANCEL has no effect on it.
  if (exchange.phase === "answered" || exchange.phase === "done") return;
  releaseExchange(state, now, call, 487, reasonHeaders(request.headers.all("Reason")));
  if (exchange.initial) {
    endCall(state, now, call, "cancelled", exchange.from, 487);
    return;
  }
  rollbackMedia(state, call);
  call.step = undefined;
}
