import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dashboard } from "./dashboard-json.ts";
import { rows } from "./dashboard-panels.ts";
import { knownMetrics, metricsIn } from "./metric-names.ts";

const asked = rows.flatMap(({ panels }) => panels.flatMap(({ lines }) => Object.keys(lines).flatMap(metricsIn)));

test("deploy/grafana/ringfence.json is what the list of panels says (write it anew with: node test/docs/dashboard.ts)", () => {
  const file = readFileSync(new URL("../../deploy/grafana/ringfence.json", import.meta.url), "utf8");
  expect(JSON.parse(file)).toEqual(dashboard());
});

test("the dashboard asks for no metric that is not there", async () => {
  const known = await knownMetrics();
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

/** What operations of the product are measured by: none of it may be missing on the dashboard. */
const needed = [
  ...["ringfence_registrations", "ringfence_registration_changes_total", "ringfence_authentications_total"],
  ...["ringfence_calls", "ringfence_calls_started_total", "ringfence_calls_answered_total", "ringfence_refused_total"],
  ...["ringfence_trunk_hosts", "ringfence_trunk_calls_ended_total", "ringfence_post_dial_delay_seconds_bucket"],
  ...["ringfence_call_loss_ratio_bucket", "ringfence_call_jitter_seconds_bucket", "ringfence_call_mos_bucket"],
  ...["ringfence_media_dropped_total", "ringfence_bans_total", "ringfence_gate_dropped_total"],
  ...["nodejs_eventloop_lag_p99_seconds", "process_cpu_seconds_total", "process_resident_memory_bytes"],
  ...["process_open_fds", "ringfence_certificate_left_seconds", "ringfence_secret_age_seconds"],
  ...["ringfence_config_generation", "ringfence_config_last_reload_success", "ringfence_backup_age_seconds"],
  ...["ringfence_records_waiting", "ringfence_disk_free_ratio"],
];

test("each figure that operations need has a panel", () => {
  expect(needed.filter((name) => !asked.includes(name))).toEqual([]);
});
