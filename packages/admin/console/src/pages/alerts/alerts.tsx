/** What somebody was or should be called for; and whether a call would arrive. */
import { useState } from "preact/hooks";
import type { Alert } from "../../../../src/api/alerts.ts";
import type { AnswerTo } from "../../api/questions.ts";
import { Empty, Notice, Trouble, Waiting } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State, type StateKind } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { linkTo } from "../../router.ts";
import { useDesk, useMay } from "../../state/desk.ts";
import { useAct } from "../../state/use-act.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { moment } from "../../text/time.ts";

export function Alerts() {
  const { value, error, again } = useAnswer("/alerts", {}, { everyMs: 10_000, on: "alert" });
  const mayAct = useMay("operator");
  return (
    <Page
      title="Alerts"
      about="What a person should know at once, and where it was sent."
      actions={mayAct && <TestButton />}
    >
      <Trouble error={error} again={again} />
      {value === undefined && error === undefined && <Waiting what="the alerts" />}
      {value !== undefined && (
        <>
          <Section title="Open">
            {value.open.length === 0 ? (
              <Empty title="Nothing is open." />
            ) : (
              <Table
                caption="Open alerts"
                columns={[...shared, acknowledgement(mayAct, again)]}
                rows={value.open}
                keyOf={({ id }) => id}
              />
            )}
          </Section>
          <Section title="Over">
            {value.past.length === 0 ? (
              <Empty title="Nothing was open since the start.">
                Where alerts go to stands under <code>alerts</code> in the <a href={linkTo("config")}>configuration</a>.
              </Empty>
            ) : (
              <Table
                caption="Alerts that are over"
                columns={[...shared, over]}
                rows={value.past}
                keyOf={({ id }) => id}
              />
            )}
          </Section>
        </>
      )}
    </Page>
  );
}

const kinds: Readonly<Record<string, StateKind>> = { info: "quiet", warning: "warn", critical: "bad" };

const shared: readonly Column<Alert>[] = [
  { name: "How bad", cell: ({ severity }) => <State kind={kinds[severity] ?? "bad"}>{severity}</State> },
  {
    name: "What",
    form: "wide",
    cell: ({ kind, object, text }) => (
      <>
        <Peer text={text} />{" "}
        <span class="quiet">
          {kind}
          {object === "" ? "" : `, ${object}`}
        </span>
      </>
    ),
  },
  { name: "Since", form: "brief", cell: ({ at }) => moment(at) },
  { name: "Seen", form: "number", cell: ({ times }) => (times === 1 ? "once" : `${times} times`) },
];

const over: Column<Alert> = {
  name: "Over",
  form: "brief",
  cell: ({ ended }) => (ended === null ? "–" : moment(ended)),
};

function acknowledgement(mayAct: boolean, again: () => void): Column<Alert> {
  return {
    name: "Looked after",
    cell: ({ id, acknowledged }) => {
      if (acknowledged !== null) return `by ${acknowledged.by}, ${moment(acknowledged.at)}`;
      return mayAct ? <Acknowledge id={id} onDone={again} /> : <span class="quiet">by nobody yet</span>;
    },
  };
}

function Acknowledge({ id, onDone }: { readonly id: number; readonly onDone: () => void }) {
  const { api } = useDesk();
  const act = useAct();
  const acknowledge = async (): Promise<void> => {
    if (await act.run(() => api.send("POST", "/alerts/:id/acknowledge", { params: { id } }))) onDone();
  };
  return (
    <>
      <button type="button" disabled={act.busy} onClick={acknowledge}>
        I look after it
      </button>
      <Trouble error={act.error} />
    </>
  );
}

type Answers = AnswerTo<"POST", "/alerts/test">["answers"];

function TestButton() {
  const { api } = useDesk();
  const [answers, setAnswers] = useState<Answers>();
  const act = useAct();
  const test = () => act.run(async () => setAnswers((await api.send("POST", "/alerts/test", {})).answers));
  return (
    <div class="test">
      <button type="button" disabled={act.busy} onClick={test}>
        {act.busy ? "Sending …" : "Send a test"}
      </button>
      <Trouble error={act.error} />
      {answers?.length === 0 && (
        <Notice kind="good" title="There is no place to send to: alerts are shown here alone." />
      )}
      {answers?.map(({ receiver, way, ok, said }) => (
        <Notice
          key={`${receiver} ${way}`}
          kind={ok ? "good" : "bad"}
          title={`${receiver} ${ok ? "took" : "did not take"} the test by ${way}.`}
        >
          {said}
        </Notice>
      ))}
    </div>
  );
}
