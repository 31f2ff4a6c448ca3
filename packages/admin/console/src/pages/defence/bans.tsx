/** Bans: why, until when, how often; lifting one, making one, and how to keep somebody from ever being banned. */
import { useState } from "preact/hooks";
import type { Ban } from "../../../../src/api/defence.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Choice, Field } from "../../parts/field.tsx";
import { Form } from "../../parts/form.tsx";
import { Empty, Notice, Trouble, Waiting } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { linkTo } from "../../router.ts";
import { useDesk, useMay } from "../../state/desk.ts";
import { useAct } from "../../state/use-act.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { banReason } from "../../text/reasons.ts";
import { moment, until } from "../../text/time.ts";

export function Bans() {
  const { value, error, again } = useAnswer("/bans", {}, { everyMs: 5_000 });
  const [lifted, setLifted] = useState<string>();
  const mayAct = useMay("operator");
  const onLifted = (label: string): void => {
    setLifted(label);
    again();
  };
  const columns = mayAct ? [...seen, liftColumn(onLifted)] : seen;
  return (
    <>
      <Trouble error={error} again={again} />
      {lifted !== undefined && <Lifted label={lifted} />}
      <Section title="Not heard now">
        {value === undefined && error === undefined && <Waiting what="the bans" />}
        {value?.items.length === 0 && (
          <Empty title="Nobody is banned.">A ban is made by itself when somebody guesses passwords or scans.</Empty>
        )}
        {value !== undefined && value.items.length > 0 && (
          <Table caption="Bans" columns={columns} rows={value.items} keyOf={({ kind, label }) => `${kind} ${label}`} />
        )}
      </Section>
      {mayAct && <BanForm onDone={again} />}
    </>
  );
}

/** What usually has to follow, or the ban comes back. */
function Lifted({ label }: { readonly label: string }) {
  return (
    <Notice kind="good" title={`${label} is heard again.`}>
      The phone behind it most likely still has a wrong password: correct it there. An address that must never be banned
      belongs into <code>defence.allow</code> of the <a href={linkTo("config")}>configuration</a>.
    </Notice>
  );
}

const kinds = {
  source: ["bad", "not heard"],
  suspect: ["warn", "may only register"],
  account: ["warn", "locked for new places"],
} as const;

const seen: readonly Column<Ban>[] = [
  { name: "Who", form: "place", cell: ({ label }) => <Peer text={label} code /> },
  {
    name: "What",
    cell: ({ kind }) => {
      const [state, words] = kinds[kind];
      return <State kind={state}>{words}</State>;
    },
  },
  { name: "Why", form: "wide", cell: ({ reason }) => <span title={reason}>{banReason(reason)}</span> },
  { name: "Since", form: "brief", cell: ({ since }) => moment(since) },
  { name: "Ends", form: "brief", cell: ({ until: end }) => <span title={moment(end)}>{until(end)}</span> },
  { name: "Times", form: "number", cell: ({ times }) => times },
];

function liftColumn(onLifted: (label: string) => void): Column<Ban> {
  return {
    name: "Act",
    form: "act",
    cell: ({ label }) => <Lift label={label} onLifted={onLifted} />,
  };
}

function Lift({ label, onLifted }: { readonly label: string; readonly onLifted: (label: string) => void }) {
  const { api } = useDesk();
  return (
    <Confirm
      label="Lift"
      about={`the ban of ${label}`}
      title={`Hear ${label} again?`}
      work={() => api.send("DELETE", "/bans/:label", { params: { label } })}
      onDone={() => onLifted(label)}
    >
      <p>What led to it is forgotten: a next ban begins as short as the first one.</p>
    </Confirm>
  );
}

const times = [
  ["900000", "15 minutes"],
  ["3600000", "an hour"],
  ["86400000", "a day"],
  ["604800000", "a week"],
  ["2592000000", "30 days"],
] as const;

function BanForm({ onDone }: { readonly onDone: () => void }) {
  const { api } = useDesk();
  const [source, setSource] = useState("");
  const [time, setTime] = useState<(typeof times)[number][0]>("3600000");
  const act = useAct();
  const ban = async (): Promise<void> => {
    if (!(await act.run(() => api.send("POST", "/bans", { body: { source, forMs: Number(time) } })))) return;
    setSource("");
    onDone();
  };
  return (
    <Section title="Ban by hand" about="Phones that are registered behind the address go on; nobody new is heard.">
      <Form row act={act} submit="Ban" onSubmit={ban}>
        <Field
          label="Address"
          value={source}
          onValue={(value) => setSource(value.trim())}
          placeholder="198.51.100.7"
          required
        />
        <Choice label="For" value={time} choices={times} onValue={setTime} />
      </Form>
    </Section>
  );
}
