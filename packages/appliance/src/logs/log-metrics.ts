/** Of the outputs of the log beside standard output. */
export const logMetrics = {
  log_output_up: {
    type: "gauge",
    help: "1: the log reaches this output, 0: it does not",
    labels: { output: ["file", "syslog"] },
  },
  log_spool_bytes: { type: "gauge", help: "What waits for the collector of the log", labels: {} },
} as const;
