/** What `./ringfence replay` prints for people. */
import type { CaptureFigures } from "./capture-calls.ts";
import type { ChangedCall, ChangedRule, Difference } from "./difference.ts";

/** Calls that are listed; `--json` has them all. */
const MOST_SHOWN = 50;

export interface ReplayedRecord {
  /** As the user wrote it. */
  readonly name: string;
  readonly capture: CaptureFigures | undefined;
  readonly lines: { readonly other: number; readonly unreadable: number } | undefined;
  /** What a call was before, in words. */
  readonly before: string;
}

export function replayText(record: ReplayedRecord, now: string, difference: Difference): readonly string[] {
  const { counts, changed } = difference;
  const span = counts.calls === 0 ? "" : `, ${time(difference.from)} to ${time(difference.to)}`;
  return [
    row("record", `${record.name}${span}`),
    row("rules", `${now}, compared with ${record.before}`),
    row("calls", `${counts.calls}: ${counts.allowed} let in and ${counts.refused} refused as before`),
    ...unread(record, counts.unreadable).map((text) => row("not read", text)),
    ...assumed(record).map((text) => row("note", text)),
    ...section("would now be refused", counts.refusedNow, difference.rules, "refused"),
    ...section("would now be let in", counts.letInNow, difference.rules, "let in"),
    ...section("refused for another reason", counts.otherwise, difference.rules, "refused otherwise"),
    ...(changed.length === 0 ? [] : ["", ...callLines(changed)]),
    ...(changed.length === 0 ? ["", "nothing changes"] : []),
  ];
}

function section(
  title: string,
  count: number,
  rules: readonly ChangedRule[],
  now: ChangedRule["now"],
): readonly string[] {
  if (count === 0) return [];
  const rows = rules.filter((rule) => rule.now === now);
  const before = now === "let in" ? "was " : "";
  return [
    "",
    `${title}: ${count}`,
    ...rows.map(({ calls, reason, rule }) => `${String(calls).padStart(7)}  ${before}${reason}: ${rule}`),
  ];
}

function callLines(changed: readonly ChangedCall[]): readonly string[] {
  const shown = changed
    .slice(0, MOST_SHOWN)
    .map(({ at, caller, target, before, after }) => [
      `  ${time(Date.parse(at))}`,
      caller,
      target,
      `${before.reason ?? "let in"} -> ${after.reason ?? "let in"}`,
    ]);
  const widths = [0, 1, 2].map((column) => Math.max(...shown.map((cells) => cells[column]?.length ?? 0)));
  const lines = shown.map((cells) => cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  "));
  const more = changed.length - shown.length;
  return more > 0 ? [...lines, `  and ${more} more: --json lists them`] : lines;
}

function unread({ capture, lines }: ReplayedRecord, unreadable: number): readonly string[] {
  const parts: (readonly [number, string])[] = [
    [unreadable, "calls to what is no SIP address"],
    ...(lines === undefined
      ? []
      : [[lines.unreadable, "lines that are no decision and no call whose number is whole"] as const]),
    ...(capture === undefined
      ? []
      : ([
          [capture.unread.fragment, "IP fragments"],
          [capture.unread.cut, "packets that the capture cut off (tcpdump -s 0)"],
          [capture.unread.broken, "broken packets"],
          [capture.unread["link-type"], "packets of a link that is not known here"],
          [capture.gaps, "places in TCP streams where segments are missing"],
          [Number(capture.stopped), "record with an impossible length, and everything behind it"],
          [capture.stopped ? 0 : capture.cutOff, "octets at the end that are no whole record"],
        ] as const)),
  ];
  return parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
}

function assumed({ capture }: ReplayedRecord): readonly string[] {
  if (capture === undefined) return [];
  const of = capture.assumed;
  return [
    ...(of === 0 ? [] : [`of ${of} calls the account is what From says: their registrations are not in the capture`]),
    "calls over TLS cannot be read, and limits of what is in use are not reached: a capture does not say",
  ];
}

function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

function row(name: string, value: string): string {
  return `${name.padEnd(10)} ${value}`;
}
