/** The log as it is written, the last lines of it. */
import { useState } from "preact/hooks";
import type { LiveLine } from "../../../../src/api/overview.ts";
import { Empty } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State, type StateKind } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { linkTo } from "../../router.ts";
import { useLive } from "../../state/desk.ts";
import { many } from "../../text/number.ts";
import { clock, duration } from "../../text/time.ts";

const mostLines = 30;

interface Line {
  readonly number: number;
  readonly line: LiveLine;
}

export function Happenings() {
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [held, setHeld] = useState(false);
  useLive("line", (line) => {
    if (held) return;
    setLines((before) => [{ number: (before[0]?.number ?? 0) + 1, line }, ...before].slice(0, mostLines));
  });
  const [skipped, setSkipped] = useState(0);
  useLive("skipped", ({ lines: missed }) => setSkipped((before) => before + missed));
  const hold = (
    <button type="button" aria-pressed={held} onClick={() => setHeld(!held)}>
      {held ? "Go on" : "Hold"}
    </button>
  );
  return (
    <Section title="What happens" actions={hold}>
      {skipped > 0 && <p class="quiet">{many(skipped, "line")} came too fast to be shown here; the log has them.</p>}
      {lines.length === 0 ? (
        <Empty title="Nothing since you came here.">
          Calls, registrations, refusals and what persons do appear here.
        </Empty>
      ) : (
        <Table
          caption="Lines of the log, the newest first"
          columns={columns}
          rows={lines}
          keyOf={({ number }) => number}
        />
      )}
    </Section>
  );
}

const kinds: Readonly<Record<string, StateKind>> = { error: "bad", warn: "warn", info: "quiet", debug: "quiet" };

const columns: readonly Column<Line>[] = [
  { name: "Time", form: "brief", cell: ({ line }) => <span class="code">{clock(line.at)}</span> },
  { name: "What", cell: ({ line }) => <State kind={kinds[line.level] ?? "quiet"}>{line.event}</State> },
  { name: "Who", cell: ({ line }) => <Peer text={who(line)} /> },
  { name: "More", form: "wide", cell: ({ line }) => <Peer text={more(line)} /> },
  {
    name: "Look",
    cell: ({ line: { call, decision } }) => (
      <>
        {typeof call === "string" && <a href={linkTo("calls", [call])}>messages</a>}{" "}
        {typeof decision === "string" && <a href={linkTo("explain", [decision])}>explain</a>}
      </>
    ),
  },
];

function who(line: LiveLine): string {
  const { from, to, account, source, by, trunk } = line;
  const parties = from !== undefined && to !== undefined ? `${from} → ${to}` : undefined;
  const first = parties ?? account ?? by ?? trunk;
  return [first, source].filter((part) => part !== undefined).join(", ");
}

/** What a person asks first; the log and the record have the rest. */
const told = ["method", "status", "act", "object", "reason", "rule", "detail", "changes", "title"] as const;

function more(line: LiveLine): string {
  const parts = told.map((name) => line[name]).filter((value) => value !== undefined && value !== null && value !== "");
  const { duration_ms: lasted, result } = line;
  return [
    ...parts.map(String),
    ...(typeof lasted === "number" ? [`for ${duration(lasted)}`] : []),
    ...(result === "refused" ? ["refused"] : []),
  ].join(", ");
}
