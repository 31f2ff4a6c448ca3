/** What a call that has ended tells the metrics: read from its last line, so that log, records and metrics cannot tell different numbers. */
import { endedCall } from "../ended-call.ts";
import type { LogEvent } from "../logs/log-event.ts";
import type { Metrics } from "./registry.ts";

/** @param event with its fields of quality; anything but the end of a call is left */
export function countCall(metrics: Pick<Metrics, "count" | "observe">, event: LogEvent): void {
  const call = endedCall(event);
  if (call === undefined) return;
  const { side, trunk, answered, called, ringMs, legs } = call;
  if (answered) metrics.count("calls_answered", { side });
  if (trunk !== undefined) {
    const direction = side === "trunk" ? "in" : "out";
    metrics.count("trunk_calls_ended", { trunk, direction, answered: answered ? "yes" : "no" });
  }
  if (ringMs !== undefined) metrics.observe("post_dial_delay_seconds", ringMs / 1_000, { side: called });
  for (const { side: of, loss, jitterMs, mos } of legs) {
    metrics.observe("call_loss_ratio", loss, { side: of });
    if (jitterMs !== undefined) metrics.observe("call_jitter_seconds", jitterMs / 1_000, { side: of });
    if (mos !== undefined) metrics.observe("call_mos", mos, { side: of });
  }
}
