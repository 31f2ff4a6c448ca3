/** The one table at the end: for a terminal, as Markdown, or as JSON. */
import type { Figure, Target } from "./bench.ts";
import { median } from "./bench.ts";

export interface Line {
  readonly work: string;
  readonly system: string;
  readonly figure: string;
  /** Least and most of the rounds. */
  readonly range: string;
  readonly ratio: string;
  readonly target: string;
  readonly met: string;
  readonly note: string;
}

const titles: Line = {
  work: "Work",
  system: "System",
  figure: "Figure",
  range: "Rounds",
  ratio: "× peer",
  target: "Target",
  met: "Met",
  note: "Note",
};

export function linesOf(figures: readonly Figure[]): readonly Line[] {
  return figures.map((figure) => {
    const { work, system, unit, rounds, target, note = "" } = figure;
    const ratio = ratioOf(figure, figures);
    const met = target === undefined ? undefined : isMet(target, median(rounds), ratio);
    return {
      work,
      system,
      figure: `${digits(median(rounds))} ${unit}`,
      range: rounds.length < 2 ? "" : `${digits(Math.min(...rounds))}–${digits(Math.max(...rounds))}`,
      ratio: ratio === undefined ? "" : ratio.toFixed(2),
      target: target === undefined ? "" : targetText(target, unit),
      met: met === undefined ? (target === undefined ? "" : "no peer") : met ? "yes" : "NO",
      note,
    };
  });
}

/** Ratio of the medians; undefined when the peer did not run. */
function ratioOf(figure: Figure, all: readonly Figure[]): number | undefined {
  if (figure.peer === undefined) return undefined;
  const peer = all.find(({ work, system }) => work === figure.work && system === figure.peer);
  return peer && median(figure.rounds) / median(peer.rounds);
}

function isMet(target: Target, value: number, ratio: number | undefined): boolean | undefined {
  if (target.kind === "at-most") return value <= target.most;
  return ratio === undefined ? undefined : ratio <= target.most;
}

function targetText(target: Target, unit: string): string {
  return target.kind === "at-most" ? `≤ ${target.most} ${unit}` : `≤ ${target.most} ×`;
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function asText(lines: readonly Line[]): string {
  return grid(lines, "  ", (cell, width) => cell.padEnd(width));
}

export function asMarkdown(lines: readonly Line[]): string {
  const rows = grid(lines, " | ", (cell, width) => cell.padEnd(width))
    .split("\n")
    .map((row) => `| ${row} |`);
  const rule = (rows[0] ?? "").replaceAll(/[^|]/gu, "-");
  return [rows[0], rule, ...rows.slice(1)].join("\n");
}

function grid(lines: readonly Line[], gap: string, pad: (cell: string, width: number) => string): string {
  const columns = (Object.keys(titles) as (keyof Line)[]).filter((c) => lines.some((line) => line[c] !== ""));
  const widths = columns.map((c) => Math.max(...[titles, ...lines].map((line) => line[c].length)));
  return [titles, ...lines].map((line) => columns.map((c, i) => pad(line[c], widths[i] ?? 0)).join(gap)).join("\n");
}
