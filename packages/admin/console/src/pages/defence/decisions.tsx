/** What was decided last, each with the way to its explanation. */
import { useState } from "preact/hooks";
import type { Decision } from "../../../../src/api/defence.ts";
import { Choice } from "../../parts/field.tsx";
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { linkTo } from "../../router.ts";
import { useRecentDecisions } from "../../state/use-recent-decisions.ts";
import { decided } from "../../text/reasons.ts";
import { moment } from "../../text/time.ts";

const wanted = [
  ["refused", "What was not let through"],
  ["all", "Everything"],
] as const;

export function Decisions() {
  const { decisions, error, again } = useRecentDecisions();
  const [which, setWhich] = useState<(typeof wanted)[number][0]>("refused");
  const shown = decisions?.filter(({ action }) => which === "all" || action !== "allow");
  return (
    <Section title="Decided last" about="The newest first, as they are made.">
      <Trouble error={error} again={again} />
      <Choice label="Show" value={which} choices={wanted} onValue={setWhich} />
      {shown === undefined && error === undefined && <Waiting what="the decisions" />}
      {shown?.length === 0 && <Empty title={which === "all" ? "Nothing was decided yet." : "Nothing was refused."} />}
      {shown !== undefined && shown.length > 0 && <DecisionTable decisions={shown} />}
    </Section>
  );
}

export function DecisionTable({ decisions }: { readonly decisions: readonly Decision[] }) {
  return <Table caption="Decisions" columns={columns} rows={decisions} keyOf={({ id }) => id} />;
}

const kinds = { allow: "good", reject: "bad", drop: "bad", end: "warn" } as const;

const columns: readonly Column<Decision>[] = [
  { name: "Time", form: "brief", cell: ({ at }) => moment(at) },
  {
    name: "Answer",
    cell: ({ action, status }) => (
      <State kind={kinds[action]}>
        {decided(action)}
        {status === null ? "" : ` ${status}`}
      </State>
    ),
  },
  { name: "Why", cell: ({ reason, rule }) => reason ?? rule ?? "–" },
  {
    name: "What",
    form: "wide",
    cell: ({ method, from, to, account }) => (
      <>
        {method} <Peer text={from ?? account} />
        {to !== null && (
          <>
            {" → "}
            <Peer text={to} />
          </>
        )}
      </>
    ),
  },
  { name: "From", form: "place", cell: ({ source }) => <Peer text={source} code /> },
  { name: "Decision", cell: ({ id }) => <a href={linkTo("explain", [id])}>{id}</a> },
];
