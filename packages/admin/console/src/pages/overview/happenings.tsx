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
import { clock } from "../../text/time.ts";

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
    name: "Why",
    cell: ({ line: { decision } }) =>
      typeof decision === "string" ? <a href={linkTo("explain", [decision])}>explain</a> : "",
  },
];

/** Shown in columns of their own, or of no use to a person. */
const shownElsewhere = ["at", "level", "event", "decision", "account", "from", "to", "source", "time", "by"];

function who(line: LiveLine): string {
  const { from, to, account, source, by, trunk } = line;
  const parties = from !== undefined && to !== undefined ? `${from} → ${to}` : undefined;
  const first = parties ?? account ?? by ?? trunk;
  return [first, source].filter((part) => part !== undefined).join(", ");
}

function more(line: LiveLine): string {
  return Object.entries(line)
    .filter(([name, value]) => !shownElsewhere.includes(name) && value !== null)
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join(", ");
}
