/**
 * The page of /metrics in OpenMetrics 1.0, for who asks for it: the form that can say which decision was counted last. The library
 * keeps one form for all of a page's metrics and renames counters for good when it writes this one, so it is made from the other.
 */

export const openMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export interface Exemplar {
  readonly decision: string;
  /** Seconds since 1970. */
  readonly at: number;
}

/** An `Accept` that names it, whatever weight it gives: who can read both is served the one that says more. */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  return accept?.toLowerCase().includes("application/openmetrics-text") === true;
}

/**
 * @param plain the page in Prometheus' text format 0.0.4
 * @param exemplars by the name of the series with its labels, as the page has it
 */
export function openMetrics(plain: string, exemplars: ReadonlyMap<string, Exemplar>): string {
  const lines = plain.split("\n").flatMap((line) => (line === "" ? [] : [openLine(line, exemplars)]));
  return `${lines.join("\n")}\n# EOF\n`;
}

function openLine(line: string, exemplars: ReadonlyMap<string, Exemplar>): string {
  if (line.startsWith("# ")) return openComment(line);
  const exemplar = exemplars.get(line.slice(0, line.lastIndexOf(" ")));
  return exemplar === undefined ? line : `${line} # {decision="${exemplar.decision}"} 1 ${exemplar.at.toFixed(3)}`;
}

/** A counter is named without the `_total` of its samples; one whose samples have none is of no type that is known there. */
function openComment(line: string): string {
  const [hash, what, name = "", ...rest] = line.split(" ");
  const counter = name.endsWith("_total");
  const known = counter ? name.slice(0, -"_total".length) : name;
  const said = what === "TYPE" && rest[0] === "counter" && !counter ? ["unknown"] : rest;
  return [hash, what, known, ...said].join(" ");
}
