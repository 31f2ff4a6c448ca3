/** What a panel is, and how what it asks Prometheus is put together. */

export interface Panel {
  readonly title: string;
  readonly unit: "short" | "percentunit" | "s" | "ops" | "bytes" | "d" | "none";
  /** Expression → what the line is called. */
  readonly lines: Readonly<Record<string, string>>;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Only what comes from the machines that were chosen above the dashboard. */
export const here = '{instance=~"$instance"}';
export const rate = (metric: string, labels = ""): string =>
  `rate(${metric}{instance=~"$instance"${labels}}[$__rate_interval])`;
export const by = (label: string, metric: string, labels = ""): string => `sum by (${label}) (${rate(metric, labels)})`;
export const quantile = (q: number, metric: string): string =>
  `histogram_quantile(${q}, ${by("le, side", `${metric}_bucket`)})`;
export const hourly = (label: string, metric: string): string => `sum by (${label}) (increase(${metric}${here}[1h]))`;
