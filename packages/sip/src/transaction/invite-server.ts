import { arm, clear, linger, type Step, send, stay, type TimerInput, tell, terminate } from "./step.ts";
import { NEVER, type TimerTable } from "./timers.ts";

/*
 * INVITE server transaction: RFC 3261 figure 7 as redrawn by RFC 6026 figure 5.
 *
 *                               |INVITE
 *                               |pass INV to TU
 *            INVITE             V
 *            send response +------------+  1xx from TU
 *                +---------|            |--------+ send response
 *                +-------->| Proceeding |<-------+
 *                          |            |
 *                          |            |------------------+ 2xx from TU
 *                          +------------+                  | send response
 *           300-699 from TU     |                          |
 *           send response       |   INVITE, Timer G        |
 *                               V   send response          V
 *                          +-----------+            +-----------+ INVITE
 *             Timer H      |           |---+        |           |---+ absorbed
 *             inform TU    | Completed |<--+        | Accepted  |<--+
 *             +------------|           |            |           |---+ 2xx from TU: send
 *             |            +-----------+            |           |<--+ ACK: to TU
 *             |                 | ACK               +-----------+
 *             |                 V                          |
 *             |            +-----------+                   | Timer L
 *             |            | Confirmed |---+ ACK, INVITE   |
 *             |            |           |<--+ absorbed      |
 *             |            +-----------+                   |
 *             |                 | Timer I                  |
 *             |                 V                          |
 *             |            +------------+                  |
 *             +----------->| Terminated |<-----------------+
 *                          +------------+
 *
 * RFC 6026 §8.5 adds Accepted and timer L: before it a 2xx ended the transaction at once, and the next copy of the
 * INVITE looked like a new call. RFC 6026 §8.7 also says that a failure to send a response does not end the
 * transaction; here `transport-error` is more than that: the flow the request came on is gone, so neither the ACK nor
 * another copy can ever match again.
 */
export type InviteServerState = "proceeding" | "completed" | "confirmed" | "accepted";

export type InviteServerInput =
  /** A copy of the INVITE. */
  | { readonly kind: "request" }
  | { readonly kind: "ack" }
  /** `on-request`: a final response is repeated only when the INVITE is, never by timer G. */
  | { readonly kind: "respond"; readonly status: number; readonly repeat: "timed" | "on-request" }
  | TimerInput
  | { readonly kind: "transport-error" };

export function beginInviteServer(timers: TimerTable): Step<InviteServerState> {
  return stay("proceeding", ...arm("C", timers.C));
}

/** RFC 3261 §17.2.1 with RFC 6026 §8.5. */
export function stepInviteServer(
  state: InviteServerState,
  input: InviteServerInput,
  timers: TimerTable,
): Step<InviteServerState> {
  switch (input.kind) {
    case "request":
      return state === "proceeding" || state === "completed" ? stay(state, send("response")) : stay(state);
    case "ack":
      if (state === "completed") return linger("confirmed", "I", timers);
      return state === "accepted" ? stay(state, tell("ack")) : stay(state);
    case "respond":
      return onRespond(state, input, timers);
    case "timer":
      return onTimer(state, input, timers);
    case "transport-error":
      return state === "proceeding" ? terminate(tell("transport-error")) : terminate();
  }
}

function onRespond(
  state: InviteServerState,
  { status, repeat }: Extract<InviteServerInput, { kind: "respond" }>,
  timers: TimerTable,
): Step<InviteServerState> {
  if (state === "accepted") {
    return status >= 200 && status < 300 ? stay(state, send("response")) : stay(state);
  }
  // The final response stands: a 487 for a late CANCEL must not follow it.
  if (state !== "proceeding") return stay(state);
  if (status < 200) return stay(state, send("response"));
  if (status < 300) return linger("accepted", "L", timers, send("response"));
  return stay(
    "completed",
    send("response"),
    clear,
    ...arm("G", repeat === "timed" ? timers.G : NEVER),
    ...arm("H", timers.H),
  );
}

function onTimer(state: InviteServerState, input: TimerInput, timers: TimerTable): Step<InviteServerState> {
  switch (input.timer) {
    case "C":
      return state === "proceeding" ? terminate() : stay(state);
    case "G":
      return state === "completed"
        ? stay(state, send("response"), ...arm("G", Math.min(2 * input.waited, timers.cap)))
        : stay(state);
    case "H":
      return state === "completed" ? terminate(tell("ack-timeout")) : stay(state);
    case "I":
      return state === "confirmed" ? terminate() : stay(state);
    case "L":
      return state === "accepted" ? terminate() : stay(state);
    default:
      return stay(state);
  }
}
