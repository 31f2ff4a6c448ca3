import { arm, linger, type Step, send, stay, type TimerInput, tell, terminate } from "./step.ts";
import type { TimerTable } from "./timers.ts";

/*
 * Non-INVITE client transaction: RFC 3261 figure 6. RFC 6026 leaves it as it is.
 *
 *                                   |Request from TU
 *                                   |send request
 *               Timer E             V
 *               send request  +-----------+
 *                   +---------|           |------------------+
 *                   +-------->|  Trying   |  Timer F or      |
 *                             +-----------+  transport error:|
 *                200-699         |  |        inform TU       |
 *                resp. to TU     |  |1xx                     |
 *                +---------------+  |resp. to TU             |
 *                |                  |                        |
 *                |   Timer E        V        Timer F or      |
 *                |   send req  +-----------+ transport error |
 *                |  +----------|           | inform TU       |
 *                |  +--------->|Proceeding |---------------->|
 *                |  +----------|           |--+              |
 *                |  |200-699   +-----------+  |1xx           |
 *                |  |resp. to TU    ^         |resp to TU    |
 *                |  |               +---------+              |
 *                V  V                                        |
 *               +-----------+                                |
 *               | Completed |                                |
 *               +-----------+                                |
 *                     | Timer K                              |
 *                     V                                      |
 *               +-----------+                                |
 *               |Terminated |<-------------------------------+
 *               +-----------+
 *
 * Timers E and F run on through Proceeding: a provisional response does not stop retransmission here, it only slows
 * it to T2 (§17.1.2.2).
 */
export type NonInviteClientState = "trying" | "proceeding" | "completed";

export type NonInviteClientInput =
  | { readonly kind: "response"; readonly status: number }
  | TimerInput
  | { readonly kind: "transport-error" };

export function beginNonInviteClient(timers: TimerTable): Step<NonInviteClientState> {
  return stay("trying", send("request"), ...arm("E", timers.E), ...arm("F", timers.F));
}

/** RFC 3261 §17.1.2.2. */
export function stepNonInviteClient(
  state: NonInviteClientState,
  input: NonInviteClientInput,
  timers: TimerTable,
): Step<NonInviteClientState> {
  switch (input.kind) {
    case "response":
      if (state === "completed") return stay(state);
      return input.status < 200
        ? stay("proceeding", tell("response"))
        : linger("completed", "K", timers, tell("response"));
    case "timer":
      return onTimer(state, input, timers);
    case "transport-error":
      return state === "completed" ? terminate() : terminate(tell("transport-error"));
  }
}

function onTimer(state: NonInviteClientState, input: TimerInput, timers: TimerTable): Step<NonInviteClientState> {
  switch (input.timer) {
    case "E": {
      if (state === "completed") return stay(state);
      const after = state === "proceeding" ? timers.cap : Math.min(2 * input.waited, timers.cap);
      return stay(state, send("request"), ...arm("E", after));
    }
    case "F":
      return state === "completed" ? stay(state) : terminate(tell("timeout"));
    case "K":
      return state === "completed" ? terminate() : stay(state);
    default:
      return stay(state);
  }
}
