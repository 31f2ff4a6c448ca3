import { arm, linger, type Step, send, stay, type TimerInput, tell, terminate } from "./step.ts";
import type { TimerTable } from "./timers.ts";

/*
 * Non-INVITE server transaction: RFC 3261 figure 8. RFC 6026 leaves it as it is.
 *
 *                                  |Request received
 *                                  |pass to TU
 *                                  V
 *                            +-----------+
 *                            |           |---+ request: absorbed
 *                            | Trying    |<--+
 *                            |           |-------------+ Timer F (below)
 *                            +-----------+             |
 *             200-699 from TU   |  | 1xx from TU       |
 *             send response     |  | send response     |
 *                +--------------+  V                   |
 *                |           +-----------+ request or  |
 *                |           |           |---+ 1xx:    |
 *                |           |Proceeding |<--+ send    |
 *                |<----------|           |   response  |
 *                |           |           |------------>|
 *                |           +-----------+ Timer F     |
 *                V                                     |
 *             +-----------+ request: send response     |
 *             | Completed |---+                        |
 *             |           |<--+                        |
 *             +-----------+                            |
 *                   | Timer J                          |
 *                   V                                  |
 *             +------------+                           |
 *             | Terminated |<--------------------------+
 *             +------------+
 *
 * Timer F is RFC 4320 §4.1 made state: 64*T1 after the request its client has given up, so a response would be
 * a stray, and a transaction user that never answers cannot hold the record.
 */
export type NonInviteServerState = "trying" | "proceeding" | "completed";

export type NonInviteServerInput =
  /** A copy of the request. */
  | { readonly kind: "request" }
  | { readonly kind: "respond"; readonly status: number }
  | TimerInput
  | { readonly kind: "transport-error" };

export function beginNonInviteServer(timers: TimerTable): Step<NonInviteServerState> {
  return stay("trying", ...arm("F", timers.F));
}

/** RFC 3261 §17.2.2 with RFC 4320 §4.1. */
export function stepNonInviteServer(
  state: NonInviteServerState,
  input: NonInviteServerInput,
  timers: TimerTable,
): Step<NonInviteServerState> {
  switch (input.kind) {
    case "request":
      return state === "trying" ? stay(state) : stay(state, send("response"));
    case "respond":
      if (state === "completed") return stay(state);
      return input.status < 200
        ? stay("proceeding", send("response"))
        : linger("completed", "J", timers, send("response"));
    case "timer":
      if (input.timer === "F" && state !== "completed") return terminate();
      return input.timer === "J" && state === "completed" ? terminate() : stay(state);
    case "transport-error":
      return state === "completed" ? terminate() : terminate(tell("transport-error"));
  }
}
