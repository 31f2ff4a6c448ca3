/** Ringfence's own counters: whether it did what the benchmark believes. */
import { metricsAt } from "./peers/ringfence.ts";

/** The value of a time series, or the sum of all that share a name; 0 when there is none yet. */
export async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://${metricsAt}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
