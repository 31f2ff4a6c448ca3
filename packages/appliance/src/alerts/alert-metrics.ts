/** The metrics of alerts, a part of the table in metrics/definitions.ts. */
import { alertKindNames } from "@ringfence/policy";

export const alertMetrics = {
  alerts_open: { type: "gauge", help: "Alerts that are open now, by kind", labels: { kind: alertKindNames } },
  alert_deliveries: {
    type: "counter",
    help: "Messages about alerts, by who was to get them, on which way, and what became of them",
    labels: { receiver: "ours", way: ["webhook", "email"], result: ["delivered", "failed", "dropped"] },
  },
} as const;
