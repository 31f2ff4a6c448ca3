/** A grade as a person reads it, and as a program does. */
import { type Severity, severities } from "./check.ts";
import { type Finding, findingsOf, type Grade, type GradedPoint } from "./grade.ts";

/** How a line may be shown; plain text where nobody looks at a terminal. */
export interface Style {
  bold(text: string): string;
  severity(severity: Severity, text: string): string;
  /** Evidence may hold names that others gave: what could move a cursor becomes visible. */
  clean(text: string): string;
}

const nameWidth = 34;

/** Lines without line ends. */
export function reportText(title: string, grade: Grade, style: Style): readonly string[] {
  const findings = findingsOf(grade);
  const counts = severities
    .map((severity) => [severity, findings.filter((one) => one.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => style.severity(severity, `${count} ${severity}`));
  return [
    style.bold(`${style.clean(title)}: ${grade.score} of 100`),
    counts.length === 0 ? "nothing found" : `found: ${counts.join(", ")}`,
    "",
    ...grade.points.flatMap((point) => pointLines(point, style)),
    ...unseenLines(grade),
  ];
}

function pointLines({ number, name, score, findings }: GradedPoint, style: Style): readonly string[] {
  const shown = score === null ? "  -" : String(score).padStart(3);
  return [
    style.bold(`${String(number).padStart(2)}  ${name.padEnd(nameWidth)}${shown}`),
    ...bySeverity(findings).flatMap((finding) => findingLines(finding, style)),
  ];
}

function bySeverity(findings: readonly Finding[]): readonly Finding[] {
  return severities.flatMap((severity) => findings.filter((one) => one.severity === severity));
}

function findingLines(finding: Finding, style: Style): readonly string[] {
  const { id, severity, title, evidence, fix, where, site } = finding;
  return [
    `    ${style.severity(severity, severity.padEnd(9))}${title}   (${id})`,
    ...evidence.map((line) => `             ${style.clean(line)}`),
    `             -> ${fix} [${where}]${site ? " Only you can do this." : ""}`,
  ];
}

function unseenLines({ points }: Grade): readonly string[] {
  const unseen = points.flatMap((point) => point.unseen);
  return unseen.length === 0 ? [] : ["", `not looked at, or nothing there to look at: ${unseen.join(", ")}`];
}

/** For programs and baselines: ids never change their meaning, keys are only added. */
export interface GradeReport extends Grade {
  readonly format: 1;
  /** ISO 8601. */
  readonly at: string;
  /** What was graded. */
  readonly target: string;
}

export function reportOf(target: string, grade: Grade, at: Date): GradeReport {
  return { format: 1, at: at.toISOString(), target, ...grade };
}
