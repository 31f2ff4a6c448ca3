import type { MetricDefinition } from "../metrics/definitions.ts";

export const recordCounters = {
  records_lost: { type: "counter", help: "Records of calls that could not be written", labels: {} },
  record_exports: {
    type: "counter",
    help: "Exports of records, by what came of it",
    labels: { result: ["written", "nothing-new", "failed"] },
  },
} as const satisfies Record<string, MetricDefinition>;

/** Read at a scrape. */
export const recordGauges = {
  record_export_age_seconds: {
    type: "gauge",
    help: "Since the last export of records that worked; -1: none since the start",
    labels: {},
  },
} as const satisfies Record<string, MetricDefinition>;
