/** The moments of a process that log and metrics keep: its start, and each reload. */
import type { EngineInUse } from "./compose.ts";
import type { Log } from "./logs/logger.ts";
import type { Metrics } from "./metrics/registry.ts";
import type { ReloadReport } from "./reload-ports.ts";
import { version } from "./version.ts";

export interface Records {
  readonly log: Log;
  readonly metrics: Metrics;
}

export function recordStart(
  { log, metrics }: Records,
  engine: EngineInUse,
  generation: number,
  warnings: readonly string[],
): void {
  metrics.set("build_info", 1, { version, node: process.version });
  metrics.set("config_generation", generation);
  metrics.set("config_last_reload_success", 1);
  metrics.set("config_last_reload_timestamp_seconds", Date.now() / 1_000);
  for (const warning of warnings) log.line("warn", { event: "config", detail: warning });
  log.line("info", { event: "ready", version, pid: process.pid, engine: engine.name, engine_why: engine.why });
}

export function recordReload({ log, metrics }: Records, report: ReloadReport): void {
  const refused = report.outcome === "refused";
  metrics.set("config_last_reload_success", refused ? 0 : 1);
  metrics.set("config_generation", report.generation);
  if (report.outcome === "applied") metrics.set("config_last_reload_timestamp_seconds", Date.parse(report.at) / 1_000);
  log.line(refused ? "error" : "info", {
    event: "reload",
    reason: report.outcome,
    why: report.why,
    generation: report.generation,
    changes: report.lines.join("; "),
    ...(report.standing.length > 0 && { standing: report.standing.join("; ") }),
  });
}
