import { arm, clear, linger, type Step, send, stay, type TimerInput, tell, terminate } from "./step.ts";
import type { TimerTable } from "./timers.ts";

/*
 * INVITE client transaction: RFC 3261 figure 5 as redrawn by RFC 6026 figure 3.
 *
 *                                 |INVITE from TU
 *               Timer A fires     |INVITE sent       Timer B fires or
 *               Reset A,          V                  transport error: inform TU
 *               INVITE sent +-----------+
 *                 +---------|           |--------------------------+
 *                 +-------->|  Calling  |                          |
 *                           |           |-----------+ 2xx          |
 *     300-699    +----------|           |           | 2xx to TU    |
 *     ACK sent   |          +-----------+           |              |
 *     resp to TU |                |1xx              |              |
 *                |                |1xx to TU        |              |
 *                |                V                 |              |
 *                |  300-699 +-----------+ 2xx       |              |
 *                |<---------|           |---------->|              |
 *                | ACK sent |Proceeding | 2xx to TU |              |
 *                | to TU    |           |--------------------------+
 *                |          +-----------+ CANCEL unanswered, C     |
 *                |             |     ^                |            |
 *                |             +-----+ 1xx to TU      |            |
 *                V                                    V            |
 *          +-----------+ 300-699               +-----------+       |
 *          | Completed |---+ ACK sent          | Accepted  |---+   |
 *          |           |<--+                   |           |<--+ 2xx to TU
 *          +-----------+                       +-----------+       |
 *                | Timer D fires                      | Timer M    |
 *                V                                    V            |
 *          +-------------------------------------------------------+
 *          |                      Terminated                       |
 *          +-------------------------------------------------------+
 *
 * RFC 6026 §8.4 adds Accepted and timer M: before it a 2xx ended the transaction, and the second 2xx of a fork, or a
 * repeated one, was a response without a transaction. Now both reach the transaction user, who acknowledges each.
 */
export type InviteClientState = "calling" | "proceeding" | "completed" | "accepted";

export type InviteClientInput =
  | { readonly kind: "response"; readonly status: number }
  | TimerInput
  /** A CANCEL for this INVITE was sent. */
  | { readonly kind: "cancelled" }
  | { readonly kind: "transport-error" };

export function beginInviteClient(timers: TimerTable): Step<InviteClientState> {
  return stay("calling", send("request"), ...arm("A", timers.A), ...arm("B", timers.B));
}

/** RFC 3261 §17.1.1.2 with RFC 6026 §8.4. */
export function stepInviteClient(
  state: InviteClientState,
  input: InviteClientInput,
  timers: TimerTable,
): Step<InviteClientState> {
  switch (input.kind) {
    case "response":
      return onResponse(state, input.status, timers);
    case "timer":
      return onTimer(state, input);
    case "cancelled":
      // §9.1: no final response for 64*T1 after CANCEL, and the INVITE counts as cancelled.
      return state === "proceeding" ? stay(state, ...arm("X", timers.X)) : stay(state);
    case "transport-error":
      // Once the user has its final response the loss of the transport is no news to it.
      return isEarly(state) ? terminate(tell("transport-error")) : terminate();
  }
}

function onResponse(state: InviteClientState, status: number, timers: TimerTable): Step<InviteClientState> {
  if (state === "accepted") {
    return status >= 200 && status < 300 ? stay(state, tell("response")) : stay(state);
  }
  if (state === "completed") {
    return status >= 300 ? stay(state, send("ack")) : stay(state);
  }
  if (status < 200) {
    // Timers A and B belong to Calling. X, once armed, must survive further provisional responses.
    return state === "calling"
      ? stay("proceeding", clear, ...arm("C", timers.C), tell("response"))
      : stay(state, tell("response"));
  }
  return status < 300
    ? linger("accepted", "M", timers, tell("response"))
    : linger("completed", "D", timers, send("ack"), tell("response"));
}

function onTimer(state: InviteClientState, input: TimerInput): Step<InviteClientState> {
  switch (input.timer) {
    case "A":
      return state === "calling" ? stay(state, send("request"), ...arm("A", 2 * input.waited)) : stay(state);
    case "B":
      return state === "calling" ? terminate(tell("timeout")) : stay(state);
    case "C":
    case "X":
      return state === "proceeding" ? terminate(tell("timeout")) : stay(state);
    case "D":
      return state === "completed" ? terminate() : stay(state);
    case "M":
      return state === "accepted" ? terminate() : stay(state);
    default:
      return stay(state);
  }
}

function isEarly(state: InviteClientState): boolean {
  return state === "calling" || state === "proceeding";
}
