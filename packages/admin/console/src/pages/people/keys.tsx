/** Keys by which programs use the API. */
import { useState } from "preact/hooks";
import type { ApiKey } from "../../../../src/api/users.ts";
import type { AnswerTo } from "../../api/questions.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Choice, Field } from "../../parts/field.tsx";
import { Form } from "../../parts/form.tsx";
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useDesk } from "../../state/desk.ts";
import { useAct } from "../../state/use-act.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { moment, until } from "../../text/time.ts";
import { Once } from "./once.tsx";
import { roleChoices } from "./role-choices.ts";

type Made = AnswerTo<"POST", "/keys">;

export function Keys() {
  const { value, error, again } = useAnswer("/keys", {});
  const [made, setMade] = useState<Made>();
  const onMade = (key: Made): void => {
    setMade(key);
    again();
  };
  return (
    <Section
      title="Keys of programs"
      about="A program sends one as “Authorization: Bearer …”. It may do what its role may, from its addresses alone."
    >
      <Trouble error={error} again={again} />
      {made !== undefined && (
        <Once title={`The key ${made.key.name}`} secret={made.secret} onKept={() => setMade(undefined)}>
          Put it where the program finds it and nobody else.
        </Once>
      )}
      {value === undefined && error === undefined && <Waiting what="the keys" />}
      {value?.items.length === 0 && <Empty title="No program has a key." />}
      {value !== undefined && value.items.length > 0 && (
        <Table caption="Keys" columns={columnsOf(again)} rows={value.items} keyOf={({ id }) => id} />
      )}
      <NewKey onMade={onMade} />
    </Section>
  );
}

function columnsOf(again: () => void): readonly Column<ApiKey>[] {
  return [
    { name: "Name", cell: ({ name }) => name },
    { name: "Role", cell: ({ role }) => role },
    {
      name: "From",
      form: "wide",
      cell: ({ addresses }) => (addresses.length === 0 ? "any allowed address" : addresses.join(", ")),
    },
    { name: "Ends", form: "brief", cell: ({ expires }) => <Ends expires={expires} /> },
    { name: "Used last", form: "brief", cell: ({ lastUsed }) => (lastUsed === null ? "never" : moment(lastUsed)) },
    { name: "Act", form: "act", cell: (key) => <TakeBack apiKey={key} onDone={again} /> },
  ];
}

/** Two weeks: somebody has to give the program a new one in time. */
const soonMs = 1_209_600_000;

function Ends({ expires }: { readonly expires: number }) {
  const left = expires - Date.now();
  if (left <= 0) return <State kind="bad">over</State>;
  return <State kind={left < soonMs ? "warn" : "quiet"}>{until(expires)}</State>;
}

function TakeBack({ apiKey: { id, name }, onDone }: { readonly apiKey: ApiKey; readonly onDone: () => void }) {
  const { api } = useDesk();
  return (
    <Confirm
      label="Take back"
      about={name}
      title={`Take the key ${name} back?`}
      danger
      work={() => api.send("DELETE", "/keys/:id", { params: { id } })}
      onDone={onDone}
    >
      <p>The program that has it is refused from now on.</p>
    </Confirm>
  );
}

const times = [
  ["2592000000", "30 days"],
  ["7776000000", "90 days"],
  ["31536000000", "a year"],
] as const;

function NewKey({ onMade }: { readonly onMade: (made: Made) => void }) {
  const { api } = useDesk();
  const [name, setName] = useState("");
  const [role, setRole] = useState<ApiKey["role"]>("viewer");
  const [time, setTime] = useState<(typeof times)[number][0]>("7776000000");
  const [from, setFrom] = useState("");
  const act = useAct();
  const make = async (): Promise<void> => {
    const addresses = from.split(",").flatMap((part) => part.trim() || []);
    const body = { name, role, forMs: Number(time), addresses };
    if (await act.run(async () => onMade(await api.send("POST", "/keys", { body })))) setName("");
  };
  return (
    <Form row act={act} submit="Make a key" onSubmit={make}>
      <Field label="What it is for" value={name} onValue={setName} required maxLength={64} />
      <Choice label="Role" value={role} choices={roleChoices} onValue={setRole} />
      <Choice label="Holds for" value={time} choices={times} onValue={setTime} />
      <Field
        label="Addresses"
        hint="With commas between them; empty: any allowed one."
        value={from}
        onValue={setFrom}
      />
    </Form>
  );
}
