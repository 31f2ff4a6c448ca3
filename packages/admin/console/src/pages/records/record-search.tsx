/** Records that fit, the newest first. What is searched for stands in the address: it can be shared and gone back to. */
import { useState } from "preact/hooks";
import { addressOf } from "../../api/questions.ts";
import { Field } from "../../parts/field.tsx";
import { Form } from "../../parts/form.tsx";
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { Table } from "../../parts/table.tsx";
import { go, linkTo, usePlace } from "../../router.ts";
import { useMay } from "../../state/desk.ts";
import { useAct } from "../../state/use-act.ts";
import { usePages } from "../../state/use-pages.ts";
import { recordColumns } from "./record-columns.tsx";

const names = ["number", "account", "reason", "from", "to"] as const;
type Wanted = Readonly<Record<(typeof names)[number], string>>;

export function RecordSearch() {
  const { query } = usePlace();
  const wanted = Object.fromEntries(names.map((name) => [name, query.get(name) ?? ""])) as Wanted;
  const asked = { ...wanted, from: millisecondsOf(wanted.from), to: millisecondsOf(wanted.to) };
  const { items, error, more, again } = usePages("/records", { query: asked });
  const searching = names.some((name) => wanted[name] !== "");
  return (
    <Page
      title="Records"
      about="One row for each call that ended, and for each that was refused to somebody known."
      actions={<Exports asked={asked} />}
    >
      <SearchForm key={query.toString()} wanted={wanted} />
      <Trouble error={error} again={again} />
      {items === undefined && error === undefined && <Waiting what="the records" />}
      {items?.length === 0 &&
        (searching ? (
          <Empty title="No record fits." />
        ) : (
          <Empty title="No call has ended yet.">
            Each is written down here when it does, for as long as cdr.keep says.
          </Empty>
        ))}
      {items !== undefined && items.length > 0 && (
        <Table caption="Records" columns={recordColumns} rows={items} keyOf={({ id }) => id} more={more} />
      )}
    </Page>
  );
}

function millisecondsOf(text: string): number | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

function SearchForm({ wanted }: { readonly wanted: Wanted }) {
  const [values, setValues] = useState(wanted);
  const act = useAct();
  const set = (name: keyof Wanted) => (value: string) => setValues((before) => ({ ...before, [name]: value }));
  const clear = (
    <button type="button" onClick={() => go(linkTo("records"))}>
      Clear
    </button>
  );
  return (
    <search>
      <Form row act={act} submit="Search" onSubmit={() => go(linkTo("records", [], values))} beside={clear}>
        <Field label="Number or address" value={values.number} onValue={set("number")} />
        <Field label="Account" value={values.account} onValue={set("account")} />
        <Field label="Reason" value={values.reason} onValue={set("reason")} />
        <Field label="From" type="datetime-local" value={values.from} onValue={set("from")} />
        <Field label="Until" type="datetime-local" value={values.to} onValue={set("to")} />
      </Form>
    </search>
  );
}

type Query = Omit<Wanted, "from" | "to"> & { readonly from: number | undefined; readonly to: number | undefined };

function Exports({ asked }: { readonly asked: Query }) {
  if (!useMay("admin")) return null;
  const formats = [
    ["csv", "CSV"],
    ["jsonl", "JSON lines"],
  ] as const;
  return (
    <>
      {formats.map(([format, words]) => (
        <a
          key={format}
          class="button"
          href={addressOf("/records/export", { query: { ...asked, format } })}
          download={`records.${format}`}
        >
          Export as {words}
        </a>
      ))}
    </>
  );
}
