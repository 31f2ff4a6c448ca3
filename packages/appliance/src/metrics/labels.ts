/** Labels of a metric, each with its closed set of values: nothing that a peer wrote makes a new time series. */
export type Labels = Readonly<Record<string, string>>;

export interface Label {
  readonly name: string;
  /** `ours`: names of the configuration, or set once by the appliance. */
  readonly values: ReadonlySet<string> | "ours";
}

/** Each label of the metric gets a value of its closed set; what is missing or unknown becomes "other". */
export function closeLabels(set: readonly Label[], labels: Labels): Record<string, string> {
  return Object.fromEntries(set.map((label) => [label.name, closeLabel(label, labels)]));
}

/** `name` is ours: no object inherits anything under it. */
export function closeLabel({ name, values }: Label, labels: Labels): string {
  const value = labels[name];
  return value !== undefined && (values === "ours" || values.has(value)) ? value : "other";
}
