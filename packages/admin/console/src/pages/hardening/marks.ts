/** Severities and scores as states. */
import type { HardeningFinding } from "../../../../src/api/hardening.ts";
import type { StateKind } from "../../parts/state.tsx";

type Severity = HardeningFinding["severity"];

/** The worst first. */
export const order: readonly Severity[] = ["critical", "high", "medium", "low"];

export const kinds: Readonly<Record<Severity, StateKind>> = {
  critical: "bad",
  high: "bad",
  medium: "warn",
  low: "quiet",
};

const good = 90;
const poor = 60;

export function kindOfScore(score: number): StateKind {
  return score >= good ? "good" : score >= poor ? "warn" : "bad";
}
