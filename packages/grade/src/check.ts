/** One question of a grade, and what is said when its answer is bad. */

/** How bad it is; `weights` says what each costs. */
export type Severity = "critical" | "high" | "medium" | "low";

export const severities: readonly Severity[] = ["critical", "high", "medium", "low"];

/**
 * What was seen that is wrong, one line each; empty: nothing is. Undefined: nobody could look from here, or there is nothing that
 * the question could be about.
 */
export type Look = readonly string[] | undefined;

export interface Check<Facts> {
  /** Stable: scripts and baselines know it by this. Words and hyphens, the point's own first. */
  readonly id: string;
  readonly severity: Severity;
  /** What should hold, as a sentence. */
  readonly title: string;
  /** What to do when it does not. */
  readonly fix: string;
  /** The key of the configuration, or the command, that it is about. */
  readonly where: string;
  /** Only the site can mend it: it takes somebody or something that no program has. */
  readonly site?: true;
  readonly look: (facts: Facts) => Look;
}

/** A heading of the report, with the questions under it. */
export interface Point<Facts> {
  readonly number: number;
  readonly name: string;
  readonly checks: readonly Check<Facts>[];
}
