/** One record with everything in it, and for an administrator: whom it names, out of all records. */
import type { CallRecord } from "../../../../src/api/records.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { type Fact, Facts } from "../../parts/facts.tsx";
import { Trouble, Waiting } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { linkTo } from "../../router.ts";
import { useDesk, useMay } from "../../state/desk.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { moment } from "../../text/time.ts";
import { visible } from "../../text/visible.ts";
import { kindWords } from "./record-columns.tsx";

type Fields = CallRecord["facts"];

export function OneRecord({ id }: { readonly id: string }) {
  const { value, error, again } = useAnswer("/records/:id", { params: { id } });
  const mayErase = useMay("admin");
  return (
    <Page title={`Record ${id}`} about={<a href={linkTo("records")}>All records</a>}>
      <Trouble error={error} />
      {value === undefined && error === undefined && <Waiting what="the record" />}
      {value !== undefined && (
        <div class="columns">
          <Section title="What happened">
            <div class="panel">
              <Facts facts={[["Kind", kindWords[value.kind]], ["Ended", moment(value.at)], ...factsOf(value.facts)]} />
            </div>
          </Section>
          <Section title="To whom">
            <div class="panel">
              {value.person === null ? <p class="quiet">Erased.</p> : <Facts facts={factsOf(value.person)} />}
            </div>
            {mayErase && value.person !== null && <Erase person={value.person} onDone={again} />}
          </Section>
        </div>
      )}
    </Page>
  );
}

function factsOf(fields: Fields): readonly Fact[] {
  return Object.entries(fields).map(([name, value]) => [
    name.replaceAll("_", " "),
    name === "decision" ? (
      <a href={linkTo("explain", [String(value)])}>{value}</a>
    ) : (
      <Peer key={name} text={String(value)} />
    ),
  ]);
}

/** Everything that names somebody but the address, which belongs to many. */
function Erase({ person, onDone }: { readonly person: Fields; readonly onDone: () => void }) {
  const { api } = useDesk();
  const names = [
    ...new Set(Object.entries(person).flatMap(([name, value]) => (name === "source" ? [] : [String(value)]))),
  ];
  return (
    <div class="buttons">
      {names.map((who) => (
        <Confirm
          key={who}
          label={`Erase ${visible(who)}`}
          title={`Take ${visible(who)} out of every record?`}
          danger
          work={() => api.send("POST", "/privacy/erase", { body: { who } })}
          onDone={onDone}
        >
          <p>For good, and not only out of this record. That it was done, and by whom, stays in the audit log.</p>
        </Confirm>
      ))}
    </div>
  );
}
