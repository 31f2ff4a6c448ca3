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
import { endedBy, kindWords } from "./record-columns.tsx";

type Fields = CallRecord["facts"];

export function OneRecord({ id }: { readonly id: string }) {
  const { value, error, again } = useAnswer("/records/:id", { params: { id } });
  return (
    <Page title={`Record ${id}`} about={<a href={linkTo("records")}>All records</a>}>
      <Trouble error={error} />
      {value === undefined && error === undefined && <Waiting what="the record" />}
      {value !== undefined && <Parts record={value} again={again} />}
    </Page>
  );
}

function Parts({ record, again }: { readonly record: CallRecord; readonly again: () => void }) {
  const { kind, at, facts, person } = record;
  const mayErase = useMay("admin");
  const [call, caller, called] = [factsOf(facts, ""), factsOf(facts, "a"), factsOf(facts, "b")];
  return (
    <div class="columns three">
      <Section title="What happened">
        <div class="panel">
          <Facts facts={[["Kind", kindWords[kind]], ["Ended", moment(at)], ...call]} />
        </div>
      </Section>
      <Section title="To whom">
        <div class="panel">
          {person === null ? <p class="quiet">Erased.</p> : <Facts facts={factsOf(person, undefined)} />}
        </div>
        {mayErase && person !== null && <Erase person={person} onDone={again} />}
      </Section>
      {caller.length > 0 && <Leg title="The caller's side" facts={caller} />}
      {called.length > 0 && <Leg title="The called side" facts={called} />}
    </div>
  );
}

function Leg({ title, facts }: { readonly title: string; readonly facts: readonly Fact[] }) {
  return (
    <Section title={title}>
      <div class="panel">
        <Facts facts={facts} />
      </div>
    </Section>
  );
}

/** @param leg `a` or `b`: what begins so, without it; empty: what belongs to neither; undefined: all */
function factsOf(fields: Fields, leg: "a" | "b" | "" | undefined): readonly Fact[] {
  return Object.entries(fields).flatMap(([name, value]): readonly Fact[] => {
    const [first, ...rest] = name.split("_");
    const of = rest.length > 0 && (first === "a" || first === "b") ? first : "";
    if (leg !== undefined && leg !== of) return [];
    return [[(leg === of && of !== "" ? rest.join(" ") : name).replaceAll("_", " "), shown(name, value)]];
  });
}

function shown(name: string, value: Fields[string]) {
  if (name === "decision" || name === "first_decision") return <a href={linkTo("explain", [String(value)])}>{value}</a>;
  if (name === "call") return <a href={linkTo("calls", [String(value)])}>{value}</a>;
  return <Peer text={name === "ended_by" ? endedBy(value) : String(value)} />;
}

/** What names no person: addresses, which belong to many, and what a phone made up for one call. */
const impersonal: readonly string[] = ["source", "b_source", "a_call_id"];

function Erase({ person, onDone }: { readonly person: Fields; readonly onDone: () => void }) {
  const { api } = useDesk();
  const names = [
    ...new Set(Object.entries(person).flatMap(([name, value]) => (impersonal.includes(name) ? [] : [String(value)]))),
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
