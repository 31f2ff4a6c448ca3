/** What the panels ask Prometheus, put together. */

/** Only what comes from the machines that were chosen above the dashboard. */
export const here = '{instance=~"$instance"}';
export const rate = (metric: string, labels = ""): string =>
  `rate(${metric}{instance=~"$instance"${labels}}[$__rate_interval])`;
export const by = (label: string, metric: string, labels = ""): string => `sum by (${label}) (${rate(metric, labels)})`;
export const quantile = (q: number, metric: string): string =>
  `histogram_quantile(${q}, ${by("le, side", `${metric}_bucket`)})`;
