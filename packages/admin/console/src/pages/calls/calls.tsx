/** The calls there are, and one of them. */
import { useState } from "preact/hooks";
import type { Call } from "../../../../src/api/calls.ts";
import { Field } from "../../parts/field.tsx";
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { linkTo, usePlace } from "../../router.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { duration } from "../../text/time.ts";
import { Mark } from "./mark.tsx";
import { OneCall } from "./one-call.tsx";

export function Calls() {
  const [id] = usePlace().rest;
  return id === undefined ? <CallList /> : <OneCall key={id} id={id} />;
}

const shownAtOnce = 200;

function CallList() {
  const [search, setSearch] = useState("");
  const { value, error, again } = useAnswer(
    "/calls",
    { query: { limit: shownAtOnce, search } },
    { everyMs: 5_000, on: "call" },
  );
  return (
    <Page title="Calls" about="Those there are at this moment, the newest first.">
      <search>
        <Field label="Find" value={search} onValue={setSearch} placeholder="Account, number, trunk or address" />
      </search>
      <Trouble error={error} again={again} />
      {value === undefined ? (
        error === undefined && <Waiting what="the calls" />
      ) : (
        <Found calls={value.items} search={search} />
      )}
      {value?.next != null && <p class="quiet">More than {shownAtOnce}: search for the one you mean.</p>}
    </Page>
  );
}

function Found({ calls, search }: { readonly calls: readonly Call[]; readonly search: string }) {
  if (calls.length > 0) return <Table caption="Calls" columns={columns} rows={calls} keyOf={({ id }) => id} />;
  if (search !== "") return <Empty title="No call fits." />;
  return (
    <Empty title="Nobody is talking.">
      Calls appear here as they begin. Those that have ended are in the <a href={linkTo("records")}>records</a>.
    </Empty>
  );
}

const columns: readonly Column<Call>[] = [
  {
    name: "Call",
    form: "wide",
    cell: ({ id, from, to }) => (
      <a href={linkTo("calls", [id])}>
        <Peer text={from} /> → <Peer text={to} />
      </a>
    ),
  },
  {
    name: "State",
    cell: ({ state, emergency }) => (
      <>
        <State kind={state === "up" ? "good" : "quiet"}>{state === "up" ? "talking" : "ringing"}</State>
        {emergency && <State kind="warn">emergency</State>}
      </>
    ),
  },
  { name: "For", form: "number", cell: ({ since, answeredAt }) => duration(Date.now() - (answeredAt ?? since)) },
  { name: "Through", cell: ({ a, b }) => `${through(a)} → ${through(b)}` },
  { name: "Sound", cell: (call) => <Mark call={call} /> },
];

function through({ trunk, account, side }: Call["a"]): string {
  if (trunk !== null) return trunk;
  if (side === "core") return "PBX";
  return account === null ? side : "phone";
}
