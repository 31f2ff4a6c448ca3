/** The file as text: written here, checked, compared with what is in force, and put in force. */
import { useState } from "preact/hooks";
import type { ConfigProblem } from "../../../../src/api/config.ts";
import type { AnswerTo } from "../../api/questions.ts";
import { Notice, Trouble, Waiting } from "../../parts/notice.tsx";
import { useMay } from "../../state/desk.ts";
import { type Answer, useAnswer } from "../../state/use-answer.ts";
import { marksOf } from "../../yaml/marks.ts";
import type { Schema } from "../../yaml/schema.ts";
import { ConfigActs, type Judged } from "./config-acts.tsx";
import { Editor } from "./editor.tsx";
import { Problems } from "./problems.tsx";

export function ConfigText() {
  const config = useAnswer("/config", {});
  const schema = useAnswer("/config/schema", {});
  if (config.value === undefined) {
    return config.error === undefined ? (
      <Waiting what="the file" />
    ) : (
      <Trouble error={config.error} again={config.again} />
    );
  }
  // Whoever types is helped from the first letter; without a schema the check still says what is wrong.
  if (schema.value === undefined && schema.error === undefined) return <Waiting what="what may be written" />;
  // A file that changed on the disk is another text to begin with.
  return <Writing key={config.value.digest} config={config} schema={schema.value as Schema | undefined} />;
}

export type ConfigAnswer = Answer<AnswerTo<"GET", "/config">>;

interface WritingProperties {
  readonly config: ConfigAnswer;
  /** Undefined: nobody knows, and nothing is wrong by it. */
  readonly schema: Schema | undefined;
}

function Writing({ config, schema }: WritingProperties) {
  const { file = "", text: onDisk = "", inForce = true, writable = true } = config.value ?? {};
  const [text, setText] = useState(onDisk);
  const [judged, setJudged] = useState<Judged>();
  const mayWrite = useMay("admin");
  const changed = text !== onDisk;
  const problems = judged?.text === text ? judged.problems : [];
  const marks = schema === undefined ? [] : marksOf(schema, text);
  const lines = new Map<number, string>([
    ...marks.map(({ line, message }) => [line, message] as const),
    ...problems.map(({ line, message }: ConfigProblem) => [line, message] as const),
  ]);
  return (
    <>
      {!inForce && (
        <Notice kind="warn" title="The file on the disk is not what is in force.">
          “What would change” compares it with what is.
        </Notice>
      )}
      {!writable && mayWrite && (
        <Notice kind="info" title={`Ringfence may not write ${file}.`}>
          Check a text here, put it into the file as its owner, and choose “Reload the file”.
        </Notice>
      )}
      <Editor label={`Text of ${file}`} text={text} onText={setText} schema={schema ?? {}} marks={lines} />
      <p class="quiet">
        {marks.length === 0 ? "Ctrl + Space says what may be written where the cursor is." : markWords(marks)}
      </p>
      <ConfigActs config={config} text={text} changed={changed} onText={setText} onJudged={setJudged} />
      <Problems problems={problems} />
    </>
  );
}

function markWords(marks: ReturnType<typeof marksOf>): string {
  const [first] = marks;
  const more = marks.length === 1 ? "" : `, and ${marks.length - 1} more`;
  return `Line ${first?.line}: ${first?.message}${more}.`;
}
