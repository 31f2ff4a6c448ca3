import type { MetricDefinition } from "../metrics/definitions.ts";

export const backupCounters = {
  backups: {
    type: "counter",
    help: "Backups that the service made by itself; failed: not written, or not copied elsewhere",
    labels: { result: ["written", "failed"] },
  },
} as const satisfies Record<string, MetricDefinition>;

/** Read at a scrape. */
export const backupGauges = {
  backup_age_seconds: { type: "gauge", help: "Since the last backup; -1: there is none", labels: {} },
} as const satisfies Record<string, MetricDefinition>;
