/** What a call that has ended tells the metrics: read from its last line, so that log, records and metrics cannot tell different numbers. */
import type { EdgeEvent } from "@ringfence/edge";
import type { Metrics } from "./registry.ts";

/** @param event with its fields of quality; anything but the end of a call is left */
export function countCall(metrics: Pick<Metrics, "count" | "observe">, event: EdgeEvent): void {
  const { side: caller, trunk, ring_ms, duration_ms, ended_by, reason } = event;
  // An INVITE that was only asked for credentials comes again as the call it meant.
  if (event.event !== "call" || ended_by === undefined || caller === undefined || reason === "challenged") return;
  const answered = (duration_ms ?? 0) > 0;
  const sides = { a: caller, b: otherSide(caller, trunk) };
  if (answered) metrics.count("calls_answered", { side: caller });
  if (trunk !== undefined) {
    const direction = caller === "trunk" ? "in" : "out";
    metrics.count("trunk_calls_ended", { trunk, direction, answered: answered ? "yes" : "no" });
  }
  if (ring_ms !== undefined) metrics.observe("post_dial_delay_seconds", ring_ms / 1_000, { side: sides.b });
  for (const leg of ["a", "b"] as const) observeLeg(metrics, event, leg, sides[leg]);
}

/** Only the PBX has carriers and phones behind one side. */
function otherSide(caller: NonNullable<EdgeEvent["side"]>, trunk: string | undefined): string {
  if (caller !== "core") return "core";
  return trunk === undefined ? "phone" : "trunk";
}

/** A leg that sent nothing has no quality. */
function observeLeg(metrics: Pick<Metrics, "observe">, event: EdgeEvent, leg: "a" | "b", of: string): void {
  const values = event as Readonly<Record<string, unknown>>;
  const read = (field: string): number | undefined => {
    const value = values[`${leg}_${field}`];
    return typeof value === "number" ? value : undefined;
  };
  const [packets = 0, lost = 0, jitter, mos] = [read("packets"), read("lost"), read("jitter_ms"), read("mos")];
  if (packets === 0) return;
  metrics.observe("call_loss_ratio", lost / (packets + lost), { side: of });
  if (jitter !== undefined) metrics.observe("call_jitter_seconds", jitter / 1_000, { side: of });
  if (mos !== undefined) metrics.observe("call_mos", mos, { side: of });
}
