/** A message as a line of the log. */
import type { LogEvent } from "../logs/log-event.ts";
import type { TracedMessage } from "./traced-message.ts";

export function sipLine(message: TracedMessage, how: "summary" | "full"): LogEvent {
  const { direction, side, trunk, transport, remote, call, title, sdp, text } = message;
  return {
    event: "sip",
    call: call ?? undefined,
    side,
    trunk: trunk ?? undefined,
    transport,
    source: remote,
    direction,
    title,
    sdp: sdp === "" ? undefined : sdp,
    message: how === "full" ? text : undefined,
  };
}
