/** Names of metrics that an expression of Prometheus asks for, and those that there are. */
import { createMetrics } from "../../packages/appliance/src/metrics/registry.ts";

/** As they are scraped: a histogram is three series. */
export async function knownMetrics(): Promise<ReadonlySet<string>> {
  const described = await createMetrics({ process: true }).describe();
  return new Set([
    "up",
    ...described.flatMap(({ name, type }) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  ]);
}

const prefixes = ["ringfence_", "process_", "nodejs_"];

/** Those that begin as ours do; a name ends where no name goes on. */
export function metricsIn(expression: string): readonly string[] {
  const words = expression.split(/[^a-z0-9_]+/i);
  return words.filter((word) => prefixes.some((prefix) => word.startsWith(prefix)));
}
