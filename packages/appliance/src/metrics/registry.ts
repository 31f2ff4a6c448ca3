/** The metrics behind /metrics. `prom-client` is built here and nowhere else. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { backupCounters } from "../backup/backup-metrics.ts";
import type { recordCounters } from "../records/record-metrics.ts";
import {
  applianceMetrics,
  edgeMetrics,
  histogramMetrics,
  type MetricDefinition,
  metricName,
  statusMetrics,
} from "./definitions.ts";
import { closeLabel, closeLabels, type Label, type Labels } from "./labels.ts";
import { type Exemplar, openMetrics, openMetricsType, wantsOpenMetrics } from "./open-metrics.ts";
import { Totals } from "./totals.ts";

type EdgeMetricName = keyof typeof edgeMetrics;
type GaugeName = keyof typeof statusMetrics | keyof typeof applianceMetrics;
type HistogramName = keyof typeof histogramMetrics;
type MetricName = EdgeMetricName | GaugeName | HistogramName;

/** A value read at scrape time: the current total of a counter, or the value of a gauge. */
export interface Sample {
  readonly name: keyof typeof statusMetrics;
  readonly labels?: Labels;
  readonly value: number;
}

export interface Metrics {
  count(
    name: EdgeMetricName | "log_lines_lost" | keyof typeof recordCounters | keyof typeof backupCounters,
    labels?: Labels,
  ): void;
  set(name: keyof typeof applianceMetrics, value: number, labels?: Labels): void;
  observe(name: HistogramName, value: number, labels?: Labels): void;
  /** The text of /metrics; the samples are what `status()` says at this moment. */
  text(samples: readonly Sample[]): Promise<string>;
  /** The same as a page, in the form that whoever asks for it wants. @param accept as the header says */
  page(
    samples: readonly Sample[],
    accept: string | undefined,
  ): Promise<{ readonly type: string; readonly body: string }>;
  /** Names and label names, for the comparison with docs/metrics.md. */
  describe(): Promise<readonly { readonly name: string; readonly type: string; readonly labels: readonly string[] }[]>;
}

const metricDefinitions: Readonly<Record<MetricName, MetricDefinition>> = {
  ...edgeMetrics,
  ...histogramMetrics,
  ...statusMetrics,
  ...applianceMetrics,
};

/** @param options.process also collects what the runtime tells about itself: CPU, memory, event loop delay */
export function createMetrics(options: { readonly process: boolean } = { process: true }): Metrics {
  const registry = new Registry();
  const metrics = new Map<string, Counter | Gauge | Histogram>();
  for (const [name, definition] of Object.entries(metricDefinitions)) {
    metrics.set(name, build(registry, metricName(name, definition), definition));
  }
  zero(metrics);
  if (options.process) collectDefaultMetrics({ register: registry });

  const totals = new Totals<EdgeMetricName | GaugeName>();
  /** The decision that was counted last, by series: as many as a closed label has values. */
  const exemplars = new Map<string, Exemplar>();
  const add = (name: EdgeMetricName | GaugeName, labels: Labels): void => {
    const set = labelSets[name];
    const { decision } = labels;
    if (decision !== undefined) exemplars.set(seriesOf(name, set, labels), { decision, at: Date.now() / 1_000 });
    totals.count(name, set, labels);
  };
  const bringIn = (): void => {
    for (const { name, labels, value } of totals.take()) {
      const metric = metrics.get(name);
      if (metric instanceof Counter) metric.inc(labels, value);
    }
  };
  const set = (name: GaugeName, value: number, labels: Labels): void => {
    const metric = metrics.get(name);
    const closed = closeLabels(labelSets[name], labels);
    if (metric instanceof Gauge) metric.set(closed, value);
    else if (metric instanceof Counter) metric.inc(closed, value);
  };
  const text = (samples: readonly Sample[]): Promise<string> => {
    bringIn();
    // Totals are kept by their owner: the counter here only repeats them.
    for (const name of Object.keys(statusMetrics)) metrics.get(name)?.reset();
    for (const { name, value, labels = {} } of samples) set(name, value, labels);
    return registry.metrics();
  };
  return {
    count: (name, labels = {}) => add(name, labels),
    set: (name, value, labels = {}) => set(name, value, labels),
    observe(name, value, labels = {}) {
      const metric = metrics.get(name);
      if (metric instanceof Histogram) metric.observe(closeLabels(labelSets[name], labels), value);
    },
    text,
    async page(samples, accept) {
      const plain = await text(samples);
      if (!wantsOpenMetrics(accept)) return { type: registry.contentType, body: plain };
      return { type: openMetricsType, body: openMetrics(plain, exemplars) };
    },
    async describe() {
      const described = await registry.getMetricsAsJSON();
      return described.map(({ name, type }) => ({ name, type: String(type), labels: labelsOf(name) }));
    },
  };
}

/** Larger ones have series that never come. */
const mostZeroes = 100;

/** A counter that appears with its first 1 has not risen in anybody's eyes: what is counted by closed labels begins with 0. */
function zero(metrics: ReadonlyMap<string, Counter | Gauge | Histogram>): void {
  const counted: Readonly<Record<string, MetricDefinition>> = { ...edgeMetrics, ...applianceMetrics };
  for (const [name, { labels }] of Object.entries(counted)) {
    const metric = metrics.get(name);
    if (!(metric instanceof Counter)) continue;
    const series = Object.entries(labels).reduce<readonly Record<string, string>[]>(
      (sets, [label, values]) =>
        values === "ours" ? [] : sets.flatMap((set) => values.map((value) => ({ ...set, [label]: value }))),
      [{}],
    );
    if (series.length <= mostZeroes) for (const set of series) metric.inc(set, 0);
  }
}

function build(registry: Registry, name: string, definition: MetricDefinition): Counter | Gauge | Histogram {
  const { type, help, labels, buckets = [] } = definition;
  const options = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  if (type === "histogram") return new Histogram({ ...options, buckets: [...buckets] });
  return type === "counter" ? new Counter(options) : new Gauge(options);
}

/** The labels of each metric are looked up once. */
const labelSets = Object.fromEntries(
  Object.entries(metricDefinitions).map(([name, { labels }]) => [name, labelsFrom(labels)]),
) as Readonly<Record<MetricName, readonly Label[]>>;

function labelsFrom(labels: MetricDefinition["labels"]): readonly Label[] {
  return Object.entries(labels).map(([name, values]) => ({
    name,
    values: values === "ours" ? values : new Set(values),
  }));
}

/** As the page writes it. */
function seriesOf(name: EdgeMetricName | GaugeName, set: readonly Label[], labels: Labels): string {
  const written = set.map((label) => `${label.name}="${closeLabel(label, labels)}"`).join(",");
  return `${metricName(name, metricDefinitions[name])}{${written}}`;
}

function labelsOf(fullName: string): readonly string[] {
  for (const [name, definition] of Object.entries(metricDefinitions)) {
    if (metricName(name, definition) === fullName) return Object.keys(definition.labels);
  }
  return [];
}
