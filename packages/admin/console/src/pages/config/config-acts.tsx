/** What can be done with a text: checked, compared, put in force with a way back. */
import { useState } from "preact/hooks";
import type { ConfigProblem, ReloadReport } from "../../../../src/api/config.ts";
import { ApiError } from "../../api/api.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Choice } from "../../parts/field.tsx";
import { Notice, Trouble } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { useDesk, useMay } from "../../state/desk.ts";
import { useAct } from "../../state/use-act.ts";
import { ChangeLines } from "./change-lines.tsx";
import type { ConfigAnswer } from "./config-text.tsx";

/** What a check said, and of which text. */
export interface Judged {
  readonly text: string;
  readonly problems: readonly ConfigProblem[];
}

interface Properties {
  readonly config: ConfigAnswer;
  readonly text: string;
  readonly changed: boolean;
  readonly onText: (text: string) => void;
  readonly onJudged: (judged: Judged) => void;
}

const trials = [
  ["300000", "Goes back by itself after 5 minutes, unless you keep it"],
  ["60000", "Goes back by itself after a minute, unless you keep it"],
  ["1800000", "Goes back by itself after half an hour, unless you keep it"],
  ["", "Stays"],
] as const;
type Trial = (typeof trials)[number][0];

export function ConfigActs({ config, text, changed, onText, onJudged }: Properties) {
  const { api } = useDesk();
  const [said, setSaid] = useState<Said>();
  const [trial, setTrial] = useState<Trial>("300000");
  const act = useAct();
  const mayWrite = useMay("admin");
  const { digest = "", text: onDisk = "", writable = false } = config.value ?? {};
  const ask = (question: () => Promise<Said>) => act.run(async () => setSaid(await question()));
  const check = async (): Promise<Said> => {
    const { ok, problems } = await api.send("POST", "/config/check", { body: { text } });
    onJudged({ text, problems });
    return { kind: "checked", ok, warnings: problems.length };
  };
  const compare = async (): Promise<Said> => ({
    kind: "compared",
    ...(await api.send("POST", "/config/diff", { body: { text } })),
  });
  const put = async (): Promise<void> => {
    const confirm = trial === "" ? {} : { confirmMs: Number(trial) };
    const report = changed
      ? await api.send("PUT", "/config", { body: { text, digest, ...confirm } })
      : await api.send("POST", "/config/reload", { body: confirm });
    setSaid({ kind: "reloaded", report });
    if (report.outcome === "refused")
      throw new ApiError(0, "refused", "It is refused, and nothing has changed.", report.lines.join("; "));
    config.again();
  };
  return (
    <>
      <div class="buttons">
        <button type="button" disabled={act.busy} onClick={() => ask(check)}>
          Check
        </button>
        <button type="button" disabled={act.busy} onClick={() => ask(compare)}>
          What would change
        </button>
        {mayWrite && (writable || !changed) && (
          <Confirm
            label={changed ? "Put in force" : "Reload the file"}
            title={changed ? "Write the file and put it in force?" : "Put the file in force as it is on the disk?"}
            work={put}
          >
            <p>
              Calls and registrations go on. What listeners and trunks no longer have ends as the configuration says.
            </p>
            <Choice label="If it turns out to be wrong" value={trial} choices={trials} onValue={setTrial} />
          </Confirm>
        )}
        {changed && (
          <button type="button" onClick={() => onText(onDisk)}>
            Undo my changes
          </button>
        )}
      </div>
      <Trouble error={act.error} />
      {said !== undefined && <Answered said={said} />}
    </>
  );
}

type Said =
  | { readonly kind: "checked"; readonly ok: boolean; readonly warnings: number }
  | { readonly kind: "compared"; readonly changes: readonly string[]; readonly warnings: readonly string[] }
  | { readonly kind: "reloaded"; readonly report: ReloadReport };

function Answered({ said }: { readonly said: Said }) {
  if (said.kind === "checked") {
    if (!said.ok) return <Notice kind="bad" title="This would be refused." />;
    return <Notice kind="good" title={said.warnings === 0 ? "This is right." : "This is right, with warnings."} />;
  }
  if (said.kind === "compared") {
    return (
      <Section title="What would change">
        <ChangeLines lines={said.changes} none="Nothing: it says what is in force." />
        <ChangeLines lines={said.warnings} />
      </Section>
    );
  }
  const { outcome, generation, lines, standing, warnings } = said.report;
  return (
    <>
      <Notice
        kind={outcome === "refused" ? "bad" : "good"}
        title={`${words[outcome]} Generation ${generation} is in force.`}
      />
      <ChangeLines lines={[...lines, ...standing, ...warnings]} />
    </>
  );
}

const words = {
  applied: "Done.",
  unchanged: "It says what was in force already.",
  refused: "It was refused.",
} as const;
