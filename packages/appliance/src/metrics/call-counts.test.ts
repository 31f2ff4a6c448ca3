import type { EdgeEvent } from "@ringfence/edge";
import { expect, test } from "vitest";
import { countCall } from "./call-counts.ts";
import { createMetrics } from "./registry.ts";

const ended: EdgeEvent = {
  event: "call",
  level: "info",
  reason: "hangup",
  side: "core",
  trunk: "telnyx",
  b_side: "trunk",
  ended_by: "a",
  ring_ms: 700,
  setup_ms: 3_000,
  duration_ms: 60_000,
};
const heard = { b_packets: 900, b_lost: 100, b_jitter_ms: 24, b_mos: 2.9 };

async function pageAfter(...events: readonly object[]): Promise<readonly string[]> {
  const metrics = createMetrics({ process: false });
  for (const event of events) countCall(metrics, event as EdgeEvent);
  return (await metrics.text([])).split("\n");
}

test("a call to a carrier that was answered counts for the carrier, with how soon it rang and how it was heard", async () => {
  const page = await pageAfter({ ...ended, ...heard });
  expect(page).toContain('ringfence_calls_answered_total{side="core"} 1');
  expect(page).toContain('ringfence_trunk_calls_ended_total{trunk="telnyx",direction="out",answered="yes"} 1');
  expect(page).toContain('ringfence_post_dial_delay_seconds_bucket{le="0.5",side="trunk"} 0');
  expect(page).toContain('ringfence_post_dial_delay_seconds_bucket{le="1",side="trunk"} 1');
  expect(page).toContain('ringfence_call_loss_ratio_sum{side="trunk"} 0.1');
  expect(page).toContain('ringfence_call_jitter_seconds_bucket{le="0.03",side="trunk"} 1');
  expect(page).toContain('ringfence_call_mos_bucket{le="3.1",side="trunk"} 1');
  // The other leg sent nothing.
  expect(page.filter((line) => line.includes("call_mos_count"))).toEqual(['ringfence_call_mos_count{side="trunk"} 1']);
});

test("a carrier's call that nobody answered is one more that was tried", async () => {
  const page = await pageAfter({ ...ended, side: "trunk", b_side: "core", reason: "refused", duration_ms: 0 });
  expect(page).toContain('ringfence_trunk_calls_ended_total{trunk="telnyx",direction="in",answered="no"} 1');
  expect(page).toContain('ringfence_post_dial_delay_seconds_count{side="core"} 1');
  expect(page).toContain('ringfence_calls_answered_total{side="trunk"} 0');
});

test("a call that only begins, and one that was only asked for a password, count nothing", async () => {
  const page = await pageAfter(
    { ...ended, ended_by: undefined, reason: "started" },
    { ...ended, reason: "challenged" },
  );
  expect(page.filter((line) => line.includes("telnyx") || line.includes("_count{"))).toEqual([]);
});
