/** Rules in shadow: what they would have refused since the start, so that one can see before one lets them act. */
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { Table } from "../../parts/table.tsx";
import { linkTo } from "../../router.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { count } from "../../text/number.ts";
import { DecisionTable } from "./decisions.tsx";

export function Shadow() {
  const { value, error, again } = useAnswer("/shadow", {}, { everyMs: 5_000 });
  return (
    <>
      <Trouble error={error} again={again} />
      {value === undefined && error === undefined && <Waiting what="what is only looked at" />}
      {value !== undefined && value.keys.length === 0 && (
        <Empty title="Every rule acts.">
          To try a rule first, give its section <code>mode: shadow</code> in the{" "}
          <a href={linkTo("config")}>configuration</a>: it is then decided, counted and logged, and nobody is refused.
        </Empty>
      )}
      {value !== undefined && value.keys.length > 0 && (
        <Section title="Only looked at" about={value.keys.join(", ")}>
          <Table
            caption="What each rule would have refused"
            columns={[
              { name: "Rule", form: "wide", cell: ({ rule }) => rule },
              { name: "Would have refused", form: "number", cell: (row) => count(row.count) },
            ]}
            rows={value.counts}
            keyOf={({ rule }) => rule}
          />
        </Section>
      )}
      {value !== undefined && value.decisions.length > 0 && (
        <Section title="The last ones">
          <DecisionTable decisions={value.decisions} />
        </Section>
      )}
    </>
  );
}
