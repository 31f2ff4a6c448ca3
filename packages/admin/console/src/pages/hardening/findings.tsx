/** What was found under one point, the worst first. */
import type { HardeningFinding, HardeningPoint } from "../../../../src/api/hardening.ts";
import { Section } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { kinds, order } from "./marks.ts";

export function Findings({ point: { number, name, findings } }: { readonly point: HardeningPoint }) {
  const rows = findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  return (
    <Section title={`${number}. ${name}`}>
      <Table caption={`Found under ${name}`} columns={columns} rows={rows} keyOf={({ id }) => id} />
    </Section>
  );
}

const columns: readonly Column<HardeningFinding>[] = [
  { name: "How bad", cell: ({ severity }) => <State kind={kinds[severity]}>{severity}</State> },
  {
    name: "What should hold",
    form: "wide",
    cell: ({ id, title, evidence }) => (
      <>
        {title} <span class="quiet">{id}</span>
        <ul class="lines">
          {evidence.map((line) => (
            <li key={line} class="quiet">
              <Peer text={line} />
            </li>
          ))}
        </ul>
      </>
    ),
  },
  {
    name: "What to do",
    form: "wide",
    cell: ({ fix, where, site }) => (
      <>
        {fix} <code class="peer">{where}</code>
        {site && <span class="quiet"> Only you can do this.</span>}
      </>
    ),
  },
];
