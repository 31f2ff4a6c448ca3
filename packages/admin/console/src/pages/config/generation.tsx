/** One configuration that was in force: its text, what it would change now, and the way back to it. */
import { useState } from "preact/hooks";
import { ApiError } from "../../api/api.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Notice, Trouble, Waiting } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { useDesk, useMay } from "../../state/desk.ts";
import { useAct } from "../../state/use-act.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { visibleLines } from "../../text/visible.ts";
import { ChangeLines } from "./change-lines.tsx";

export function Generation({ number }: { readonly number: string }) {
  const { api } = useDesk();
  const { value, error } = useAnswer("/config/history/:number", { params: { number } });
  const [done, setDone] = useState<number>();
  const [changes, setChanges] = useState<readonly string[]>();
  const act = useAct();
  const mayWrite = useMay("admin");
  const compare = (text: string) =>
    act.run(async () => {
      const answer = await api.send("POST", "/config/diff", { body: { text } });
      setChanges([...answer.changes, ...answer.warnings]);
    });
  const goBack = async (): Promise<void> => {
    const report = await api.send("POST", "/config/rollback", { body: { to: Number(number) } });
    if (report.outcome === "refused")
      throw new ApiError(0, "refused", "It is refused, and nothing has changed.", report.lines.join("; "));
    setChanges(undefined);
    setDone(report.generation);
  };
  const actions = value !== undefined && (
    <div class="buttons">
      <button type="button" disabled={act.busy} onClick={() => compare(value.text)}>
        What would change
      </button>
      {mayWrite && (
        <Confirm label="Go back to this" title={`Put generation ${number} in force again?`} work={goBack}>
          <p>It becomes a new generation. The file on the disk stays as it is. Calls go on.</p>
        </Confirm>
      )}
    </div>
  );
  return (
    <>
      <Section title={`Generation ${number}`} actions={actions}>
        <Trouble error={error ?? act.error} />
        {done !== undefined && <Notice kind="good" title={`Done: it is in force as generation ${done}.`} />}
        {value === undefined && error === undefined && <Waiting what="its text" />}
      </Section>
      {changes !== undefined && (
        <Section title="What going back would change">
          <ChangeLines lines={changes} none="Nothing: it says what is in force." />
        </Section>
      )}
      {value !== undefined && (
        <section class="wire" aria-label={`Text of generation ${number}`}>
          <pre>{visibleLines(value.text)}</pre>
        </section>
      )}
    </>
  );
}
