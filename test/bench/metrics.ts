/** What Ringfence says of itself: whether it is up, and whether it did what the benchmark believes. */
import { sleep } from "./bench.ts";
import { theSite } from "./peers/site.ts";

/** The value of a time series, or the sum of all that share a name; 0 when there is none yet. */
export async function metric(name: string, site = theSite): Promise<number> {
  return valueIn(await allMetrics(site), name);
}

/** All as they are now, for `valueIn`. */
export async function allMetrics({ metrics } = theSite): Promise<string> {
  return (await fetch(`http://${metrics}/metrics`)).text();
}

/** @param label `name="value"`: of those that share a name only the ones with it */
export function valueIn(text: string, name: string, label = ""): number {
  const lines = text.split("\n").filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines
    .filter((line) => line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

/** Resolves when Ringfence takes calls. */
export async function ready({ metrics } = theSite): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`http://${metrics}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error("Ringfence does not start");
}
