/** The hardening checklist, asked of this machine: a score for each point, and what to do about each finding. */
import type { HardeningReport } from "../../../../src/api/hardening.ts";
import { Facts } from "../../parts/facts.tsx";
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useDesk } from "../../state/desk.ts";
import { useAct } from "../../state/use-act.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { moment } from "../../text/time.ts";
import { Findings } from "./findings.tsx";
import { kindOfScore } from "./marks.ts";

export function Hardening() {
  const { value, error, again } = useAnswer("/hardening", {});
  return (
    <Page
      title="Hardening"
      about="The checklist of a border on the internet, asked of this machine and of the configuration in force."
      actions={<AskNow onDone={again} />}
    >
      <Trouble error={error} again={again} />
      {value === undefined && error === undefined && <Waiting what="the last report" />}
      {value?.report === null && (
        <Empty title="Nobody has asked yet.">
          It takes some seconds, and calls go on. <code>sudo ringfence audit --host</code> sees what only root may look
          at, and its report is shown here too.
        </Empty>
      )}
      {value?.report != null && <Report report={value.report} />}
    </Page>
  );
}

function AskNow({ onDone }: { readonly onDone: () => void }) {
  const { api } = useDesk();
  const act = useAct();
  const ask = async (): Promise<void> => {
    if (await act.run(() => api.send("POST", "/hardening", {}))) onDone();
  };
  return (
    <div class="test">
      <button type="button" disabled={act.busy} onClick={ask}>
        {act.busy ? "Looking …" : "Ask now"}
      </button>
      <Trouble error={act.error} />
    </div>
  );
}

function Report({ report: { at, by, score, points } }: { readonly report: HardeningReport }) {
  const found = points.flatMap(({ findings }) => findings);
  const site = found.filter((one) => one.site).length;
  const unseen = points.flatMap((point) => point.unseen);
  return (
    <>
      <div class="panel">
        <Facts
          facts={[
            ["Score", <State kind={kindOfScore(score)}>{score} of 100</State>],
            ["Found", found.length === 0 ? "nothing" : `${found.length}, of which ${site} only you can mend`],
            ["Asked", `${moment(at)} by ${by}`],
          ]}
        />
      </div>
      <Section title="Points">
        <Table caption="Score of each point" columns={columns} rows={points} keyOf={({ number }) => number} />
      </Section>
      {points
        .filter(({ findings }) => findings.length > 0)
        .map((point) => (
          <Findings key={point.number} point={point} />
        ))}
      {unseen.length > 0 && (
        <Section
          title="Not looked at"
          about="Nothing there to look at, or nobody here who may: these count neither way."
        >
          <p class="panel peer">{unseen.join(", ")}</p>
        </Section>
      )}
    </>
  );
}

const columns: readonly Column<HardeningReport["points"][number]>[] = [
  { name: "Point", form: "wide", cell: ({ number, name }) => `${number}. ${name}` },
  {
    name: "Score",
    cell: ({ score }) =>
      score === null ? <State kind="quiet">not looked at</State> : <State kind={kindOfScore(score)}>{score}</State>,
  },
  { name: "Hold", form: "number", cell: ({ passed }) => passed.length },
  { name: "Found", form: "number", cell: ({ findings }) => findings.length },
];
