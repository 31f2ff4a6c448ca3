/** What is new since a report that was kept: for a check that runs every night. */
import { type Finding, findingsOf } from "./grade.ts";
import type { GradeReport } from "./report.ts";

export interface Comparison {
  readonly before: number;
  readonly now: number;
  /** Found now, and not then. */
  readonly fresh: readonly Finding[];
  /** Ids that were found then, and are not any more. */
  readonly gone: readonly string[];
}

/** Undefined: this is no report of ours. */
export function readBaseline(text: string): { readonly score: number; readonly found: readonly string[] } | undefined {
  try {
    const report: unknown = JSON.parse(text);
    if (!isReport(report)) return undefined;
    return { score: report.score, found: findingsOf(report).map(({ id }) => id) };
  } catch {
    return undefined;
  }
}

export function compareWith(before: NonNullable<ReturnType<typeof readBaseline>>, now: GradeReport): Comparison {
  const findings = findingsOf(now);
  return {
    before: before.score,
    now: now.score,
    fresh: findings.filter(({ id }) => !before.found.includes(id)),
    gone: before.found.filter((id) => !findings.some((finding) => finding.id === id)),
  };
}

function isReport(value: unknown): value is GradeReport {
  if (typeof value !== "object" || value === null || !("format" in value) || value.format !== 1) return false;
  if (!("score" in value) || typeof value.score !== "number" || !("points" in value)) return false;
  return (
    Array.isArray(value.points) &&
    value.points.every(
      (point: unknown) =>
        typeof point === "object" && point !== null && "findings" in point && Array.isArray(point.findings),
    )
  );
}
