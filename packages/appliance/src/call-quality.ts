/** How a call was heard, as fields of its last log line: one set for each leg, `a_` the caller's and `b_` the called one's. */
import type { CallSummary, LegSummary, MediaStatus, QualityKind } from "@ringfence/media";

const legFields = [
  "codec",
  "suite",
  "keying",
  "packets",
  "lost",
  "reordered",
  "duplicate",
  "jitter_ms",
  "gap_ms",
  "rtt_ms",
  "mos",
  "mos_min",
  "heard_loss",
  "heard_jitter_ms",
  "heard_mos",
  "heard_mos_min",
] as const;

type LegField = (typeof legFields)[number];

/** In the order in which they stand in the line. */
export const qualityFields: readonly string[] = ["a", "b"].flatMap((leg) =>
  legFields.map((field) => `${leg}_${field}`),
);

/** Nothing for a call without sound. */
export function qualityOf(summary: CallSummary | undefined): Readonly<Record<string, string | number>> {
  if (summary === undefined) return {};
  return { ...prefixed("a", summary.a), ...prefixed("b", summary.b) };
}

function prefixed(leg: string, summary: LegSummary): Record<string, string | number> {
  const values: Readonly<Record<LegField, string | number | undefined>> = {
    codec: summary.codec,
    suite: summary.suite,
    keying: summary.keying,
    packets: summary.packets,
    lost: summary.lost,
    reordered: summary.reordered || undefined,
    duplicate: summary.duplicate || undefined,
    jitter_ms: rounded(summary.jitterMs, 1),
    gap_ms: rounded(summary.gapMs, 0),
    rtt_ms: rounded(summary.roundTripMs, 0),
    mos: rounded(summary.mos, 2),
    mos_min: rounded(summary.mosWorst, 2),
    heard_loss: rounded(summary.heardLoss, 3),
    heard_jitter_ms: rounded(summary.heardJitterMs, 1),
    heard_mos: rounded(summary.heardMos, 2),
    heard_mos_min: rounded(summary.heardMosWorst, 2),
  };
  const fields: Record<string, string | number> = {};
  for (const field of legFields) {
    const value = values[field];
    if (value !== undefined) fields[`${leg}_${field}`] = value;
  }
  return fields;
}

function rounded(value: number | undefined, digits: number): number | undefined {
  return value === undefined ? undefined : Number(value.toFixed(digits));
}

const words: Readonly<Record<QualityKind, string>> = { "one-way": "one-way", silent: "silent", poor: "poor" };

/** The line of `status` for people. */
export function formatQuality({ now, worst }: MediaStatus["quality"]): string {
  const counts = Object.entries(words).map(([kind, word]) => `${now[kind as QualityKind]} ${word}`);
  const marks = worst.map(({ call, leg, mos }) => `${mos.toFixed(1)} (${call}, ${leg})`);
  return `${counts.join(", ")}${marks.length === 0 ? "" : `; worst MOS ${marks.join(", ")}`}`;
}
