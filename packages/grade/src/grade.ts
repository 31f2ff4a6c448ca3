/** Points and their questions made into a graded report. */
import type { Check, Point, Severity } from "./check.ts";

export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  /** What was seen, one line each; never empty. */
  readonly evidence: readonly string[];
  readonly fix: string;
  readonly where: string;
  /** Only the site can mend it. */
  readonly site: boolean;
}

export interface GradedPoint {
  readonly number: number;
  readonly name: string;
  /** 0 to 100; null: nothing of it could be looked at. */
  readonly score: number | null;
  readonly findings: readonly Finding[];
  readonly passed: readonly string[];
  /** Ids of what nobody could look at. */
  readonly unseen: readonly string[];
}

export interface Grade {
  /** 0 to 100: the mean of the points that could be looked at. */
  readonly score: number;
  readonly points: readonly GradedPoint[];
}

/** What a question counts for. One that is critical takes its whole point away. */
const weights: Readonly<Record<Severity, number>> = { critical: 8, high: 5, medium: 3, low: 1 };

export function grade<Facts>(points: readonly Point<Facts>[], facts: Facts): Grade {
  const graded = points.map((point) => gradePoint(point, facts));
  const scores = graded.flatMap(({ score }) => (score === null ? [] : [score]));
  const sum = scores.reduce((total, score) => total + score, 0);
  return { score: scores.length === 0 ? 0 : Math.round(sum / scores.length), points: graded };
}

function gradePoint<Facts>({ number, name, checks }: Point<Facts>, facts: Facts): GradedPoint {
  const findings: Finding[] = [];
  const passed: string[] = [];
  const unseen: string[] = [];
  for (const check of checks) {
    const evidence = check.look(facts);
    if (evidence === undefined) unseen.push(check.id);
    else if (evidence.length === 0) passed.push(check.id);
    else findings.push(findingOf(check, evidence));
  }
  return { number, name, score: scoreOf(checks, findings, passed), findings, passed, unseen };
}

function findingOf<Facts>(check: Check<Facts>, evidence: readonly string[]): Finding {
  const { id, severity, title, fix, where, site = false } = check;
  return { id, severity, title, evidence, fix, where, site };
}

function scoreOf<Facts>(
  checks: readonly Check<Facts>[],
  findings: readonly Finding[],
  passed: readonly string[],
): number | null {
  if (findings.length + passed.length === 0) return null;
  if (findings.some(({ severity }) => severity === "critical")) return 0;
  const lost = findings.reduce((sum, { severity }) => sum + weights[severity], 0);
  const held = checks.filter(({ id }) => passed.includes(id)).reduce((sum, { severity }) => sum + weights[severity], 0);
  return Math.round((held / (held + lost)) * 100);
}

export function findingsOf({ points }: Grade): readonly Finding[] {
  return points.flatMap(({ findings }) => findings);
}
