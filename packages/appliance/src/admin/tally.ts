/** Counters that people look at while they grow: those of the metrics, heard as they are counted. */
import type { Metrics } from "../metrics/registry.ts";

export class Tally {
  attempts = 0;
  refused = 0;
  /** By rule: a closed set. */
  readonly shadowed = new Map<string, number>();

  /** The same metrics, and whatever is counted there is heard here. */
  beside(metrics: Metrics): Metrics {
    return {
      ...metrics,
      count: (name, labels = {}) => {
        if (name === "calls_started") this.attempts++;
        else if (name === "refused") this.refused++;
        else if (name === "shadowed") this.shadowed.set(labels["rule"] ?? "", this.#seen(labels["rule"]) + 1);
        metrics.count(name, labels);
      },
    };
  }

  #seen(rule: string | undefined): number {
    return this.shadowed.get(rule ?? "") ?? 0;
  }
}
