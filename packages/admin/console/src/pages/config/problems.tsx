/** What a check has found, each with its place and what to do. */
import type { ConfigProblem } from "../../../../src/api/config.ts";
import { Section } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";

export function Problems({ problems }: { readonly problems: readonly ConfigProblem[] }) {
  if (problems.length === 0) return null;
  const rows = problems.map((problem, index) => ({ ...problem, index }));
  return (
    <Section title="What the check found">
      <Table caption="Problems" columns={columns} rows={rows} keyOf={({ index }) => index} />
    </Section>
  );
}

const columns: readonly Column<ConfigProblem>[] = [
  { name: "Line", form: "number", cell: ({ line }) => (line === 0 ? "–" : line) },
  { name: "How bad", cell: ({ severity }) => <State kind={severity === "error" ? "bad" : "warn"}>{severity}</State> },
  { name: "Key", cell: ({ path }) => <code class="peer">{path}</code> },
  {
    name: "What",
    form: "wide",
    cell: ({ message, remedy }) => (
      <>
        {message}
        {remedy !== "" && <span class="quiet"> {remedy}</span>}
      </>
    ),
  },
];
