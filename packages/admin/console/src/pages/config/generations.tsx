/** Configurations that were in force, the newest first. */
import type { Generation } from "../../../../src/api/config.ts";
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { linkTo } from "../../router.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { moment } from "../../text/time.ts";

export function Generations() {
  const { value, error, again } = useAnswer("/config/history", {}, { everyMs: 10_000 });
  return (
    <Section title="In force before" about="The last twenty are kept; each can be gone back to.">
      <Trouble error={error} again={again} />
      {value === undefined && error === undefined && <Waiting what="the history" />}
      {value?.items.length === 0 && <Empty title="Nothing was kept." />}
      {value !== undefined && value.items.length > 0 && (
        <Table
          caption="Generations"
          columns={columnsOf(value.inForce)}
          rows={value.items}
          keyOf={({ number }) => number}
          current={value.inForce}
        />
      )}
    </Section>
  );
}

const whyWords: Readonly<Record<Generation["why"], string>> = {
  start: "the start",
  reload: "a reload",
  signal: "a signal",
  rollback: "going back",
  "not-confirmed": "a trial that nobody kept",
};

function columnsOf(inForce: number): readonly Column<Generation>[] {
  return [
    {
      name: "Generation",
      cell: ({ number }) => <a href={linkTo("config", ["history", String(number)])}>Generation {number}</a>,
    },
    { name: "Since", form: "brief", cell: ({ at }) => moment(at) },
    { name: "By", cell: ({ by, why }) => `${whyWords[why]}${by === "" ? "" : `, ${by}`}` },
    {
      name: "State",
      cell: ({ number, confirmed }) => {
        if (number === inForce)
          return <State kind={confirmed ? "good" : "warn"}>{confirmed ? "in force" : "in force, on trial"}</State>;
        return <State kind="quiet">{confirmed ? "kept" : "not kept"}</State>;
      },
    },
  ];
}
