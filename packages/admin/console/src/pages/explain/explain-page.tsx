/** Why something was decided, or what would be decided about a call that nobody makes. */
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { linkTo, usePlace } from "../../router.ts";
import { useMay } from "../../state/desk.ts";
import { useAnswer } from "../../state/use-answer.ts";
import { Chain } from "./chain.tsx";
import { QuestionForm } from "./question-form.tsx";

export function ExplainPage() {
  const [id] = usePlace().rest;
  const mayAsk = useMay("operator");
  if (id !== undefined) return <OneDecision key={id} id={id} />;
  return (
    <Page title="Explain" about="Ask what the rules in force say about a call, before somebody makes it.">
      {mayAsk ? (
        <QuestionForm />
      ) : (
        <Empty title="Asking is for operators.">
          Decisions that were made are explained to everybody: choose one among the{" "}
          <a href={linkTo("defence", ["decisions"])}>decisions</a>.
        </Empty>
      )}
    </Page>
  );
}

function OneDecision({ id }: { readonly id: string }) {
  const { value, error } = useAnswer("/decisions/:id", { params: { id } });
  return (
    <Page
      title={`Decision ${id}`}
      about={
        <>
          <a href={linkTo("defence", ["decisions"])}>All decisions</a> ·{" "}
          <a href={linkTo("explain")}>Ask about another call</a>
        </>
      }
    >
      <Trouble error={error} />
      {value === undefined && error === undefined && <Waiting what="the decision" />}
      {value !== undefined && (
        <Section title="How it came about">
          <Chain explained={value} />
        </Section>
      )}
    </Page>
  );
}
