/** What somebody was or should be called for; and whether a call would arrive. */
import { useState } from "preact/hooks";
import type { Alert } from "../../../../src/api/alerts.ts";
import type { AnswerTo } from "../../api/questions.ts";
import { Empty, Notice, Trouble, Waiting } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State } from "../../parts/state.tsx";
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

const kinds = { info: "quiet", warning: "warn", critical: "bad" } as const;

const shared: readonly Column<Alert>[] = [
  { name: "How bad", cell: ({ severity }) => <State kind={kinds[severity]}>{severity}</State> },
  {
    name: "What",
    form: "wide",
    cell: ({ name, summary }) => (
      <>
        <Peer text={summary} /> <span class="quiet">runbook: {name}</span>
      </>
    ),
  },
  { name: "Since", cell: ({ since }) => moment(since) },
  { name: "Seen", form: "number", cell: ({ count }) => (count === 1 ? "once" : `${count} times`) },
];

const over: Column<Alert> = { name: "Over", cell: ({ until }) => (until === null ? "–" : moment(until)) };

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

type Results = AnswerTo<"POST", "/alerts/test">["results"];

function TestButton() {
  const { api } = useDesk();
  const [results, setResults] = useState<Results>();
  const act = useAct();
  const test = () => act.run(async () => setResults((await api.send("POST", "/alerts/test", {})).results));
  return (
    <div class="test">
      <button type="button" disabled={act.busy} onClick={test}>
        {act.busy ? "Sending …" : "Send a test"}
      </button>
      <Trouble error={act.error} />
      {results?.length === 0 && (
        <Notice kind="good" title="There is no place to send to: alerts are shown here alone." />
      )}
      {results?.map(({ to, ok, detail }) => (
        <Notice
          key={to}
          kind={ok ? "good" : "bad"}
          title={ok ? `${to} took the test.` : `${to} did not take the test.`}
        >
          {detail}
        </Notice>
      ))}
    </div>
  );
}
