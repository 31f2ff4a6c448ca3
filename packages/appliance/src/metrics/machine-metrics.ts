/** The metrics of the machine and of what we keep there, a part of the table in definitions.ts. */

export const machineMetrics = {
  certificate_left_seconds: {
    type: "gauge",
    help: "Seconds until a certificate expires; below 0 once it has",
    labels: { certificate: "ours" },
  },
  disk_free_bytes: { type: "gauge", help: "Free on the disk of that folder", labels: { folder: ["state"] } },
  disk_free_ratio: { type: "gauge", help: "Share of that disk that is free", labels: { folder: ["state"] } },
  records_waiting: { type: "gauge", help: "Records of calls that are not written yet", labels: {} },
} as const;
