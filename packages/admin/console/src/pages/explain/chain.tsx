/** The rules in the order in which they were asked, the answer, and what would change it. */
import type { Explained } from "../../../../src/api/defence.ts";
import { Facts } from "../../parts/facts.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State, type StateKind } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { decided } from "../../text/reasons.ts";

type Rule = Explained["rules"][number];

export function Chain({ explained }: { readonly explained: Explained }) {
  const { call, action, status, reason, text, remedy, notes, rules } = explained;
  const answer = [decided(action), status, text, reason === null ? null : `(${reason})`]
    .filter((part) => part !== null)
    .join(" ");
  return (
    <>
      <Notice kind={action === "allow" ? "good" : "bad"} title={answer}>
        {remedy ?? undefined}
      </Notice>
      <div class="panel">
        <Facts
          facts={[
            ["Call", <Peer key="call" text={call} />],
            ...notes.map(({ name, text: note }) => [name, <Peer key={name} text={note} />] as const),
          ]}
        />
      </div>
      {rules.length > 0 && (
        <Table caption="Rules in the order they were asked" columns={columns} rows={rules} keyOf={({ rule }) => rule} />
      )}
    </>
  );
}

const outcomes: Readonly<Record<Rule["outcome"], readonly [StateKind, string]>> = {
  pass: ["good", "passes"],
  exempt: ["good", "exempt"],
  emergency: ["good", "emergency"],
  shadow: ["warn", "in shadow"],
  reject: ["bad", "refuses"],
  drop: ["bad", "drops"],
};

const columns: readonly Column<Rule>[] = [
  { name: "Rule", cell: ({ rule }) => rule },
  {
    name: "Says",
    cell: ({ outcome }) => {
      const [kind, word] = outcomes[outcome];
      return <State kind={kind}>{word}</State>;
    },
  },
  { name: "Because", form: "wide", cell: ({ note }) => note },
  {
    name: "In the file",
    cell: ({ key, line }) =>
      key === null ? (
        ""
      ) : (
        <>
          <code>{key}</code> <span class="quiet">{line === null ? "by default" : `line ${line}`}</span>
        </>
      ),
  },
];
