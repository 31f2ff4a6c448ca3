/** The metrics behind /metrics. `prom-client` is built here and nowhere else. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import {
  applianceMetrics,
  edgeMetrics,
  type MetricDefinition,
  metricName,
  statusMetrics,
} from "./metric-definitions.ts";

type Labels = Readonly<Record<string, string>>;
type EdgeMetricName = keyof typeof edgeMetrics;
/** Label values are from closed sets; should one not be, this is where it stops growing. */
const mostTotals = 1_000;

/** Of one counter with one set of labels, since the last look. */
interface Total {
  readonly name: EdgeMetricName | GaugeName;
  readonly labels: Labels;
  value: number;
}

type GaugeName = keyof typeof statusMetrics | keyof typeof applianceMetrics;

/** A value read at scrape time: the current total of a counter, or the value of a gauge. */
export interface Sample {
  readonly name: keyof typeof statusMetrics;
  readonly labels?: Labels;
  readonly value: number;
}

export interface Metrics {
  count(name: EdgeMetricName | "log_lines_lost", labels?: Labels): void;
  set(name: keyof typeof applianceMetrics, value: number, labels?: Labels): void;
  /** The text of /metrics; the samples are what `status()` says at this moment. */
  text(samples: readonly Sample[]): Promise<string>;
  readonly contentType: string;
  /** Names and label names, for the comparison with docs/metrics.md. */
  describe(): Promise<readonly { readonly name: string; readonly type: string; readonly labels: readonly string[] }[]>;
}

const metricDefinitions: Readonly<Record<EdgeMetricName | GaugeName, MetricDefinition>> = {
  ...edgeMetrics,
  ...statusMetrics,
  ...applianceMetrics,
};

/** @param options.process also collects what the runtime tells about itself: CPU, memory, event loop delay */
export function createMetrics(options: { readonly process: boolean } = { process: true }): Metrics {
  const registry = new Registry();
  const metrics = new Map<string, Counter | Gauge>();
  for (const [name, definition] of Object.entries(metricDefinitions)) {
    metrics.set(name, build(registry, metricName(name, definition), definition));
  }
  if (options.process) collectDefaultMetrics({ register: registry });

  const totals = new Map<string, Total>();
  /** Counted here and told to prom-client when somebody looks: a call counts a dozen times, /metrics is read twice a minute. */
  const add = (name: EdgeMetricName | GaugeName, labels: Labels): void => {
    const key = keyOf(name, labels);
    const total = totals.get(key);
    if (total !== undefined) {
      total.value++;
      return;
    }
    if (totals.size >= mostTotals) bringIn();
    totals.set(key, { name, labels: closeLabels(metricDefinitions[name], labels), value: 1 });
  };
  const bringIn = (): void => {
    for (const { name, labels, value } of totals.values()) metrics.get(name)?.inc(labels, value);
    totals.clear();
  };
  const set = (name: GaugeName, value: number, labels: Labels): void => {
    const metric = metrics.get(name);
    if (metric instanceof Gauge) metric.set(closeLabels(metricDefinitions[name], labels), value);
    else metric?.inc(closeLabels(metricDefinitions[name], labels), value);
  };
  return {
    count: (name, labels = {}) => add(name, labels),
    set: (name, value, labels = {}) => set(name, value, labels),
    text(samples) {
      bringIn();
      // Totals are kept by their owner: the counter here only repeats them.
      for (const name of Object.keys(statusMetrics)) metrics.get(name)?.reset();
      for (const { name, value, labels = {} } of samples) set(name, value, labels);
      return registry.metrics();
    },
    contentType: registry.contentType,
    async describe() {
      const described = await registry.getMetricsAsJSON();
      return described.map(({ name, type }) => ({ name, type: String(type), labels: labelsOf(name) }));
    },
  };
}

function build(registry: Registry, name: string, definition: MetricDefinition): Counter | Gauge {
  const options = { name, help: definition.help, labelNames: Object.keys(definition.labels), registers: [registry] };
  return definition.type === "counter" ? new Counter(options) : new Gauge(options);
}

function keyOf(name: string, labels: Labels): string {
  let key = name;
  for (const label in labels) key += `\n${labels[label]}`;
  return key;
}

/** Each label of the metric gets a value of its closed set; what is missing or unknown becomes "other". */
function closeLabels(definition: MetricDefinition, labels: Labels): Record<string, string> {
  const closed: Record<string, string> = {};
  for (const [name, values] of Object.entries(definition.labels)) {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
    const known = value !== undefined && (values === "ours" || values.includes(value));
    closed[name] = known ? value : "other";
  }
  return closed;
}

function labelsOf(fullName: string): readonly string[] {
  for (const [name, definition] of Object.entries(metricDefinitions)) {
    if (metricName(name, definition) === fullName) return Object.keys(definition.labels);
  }
  return [];
}
