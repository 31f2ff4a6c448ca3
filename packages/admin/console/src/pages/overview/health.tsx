/** What is wrong and what to know, in sentences, the worst first; or that nothing is. */
import type { ComponentChildren } from "preact";
import type { Overview } from "../../../../src/api/overview.ts";
import { State, type StateKind } from "../../parts/state.tsx";
import { linkTo } from "../../router.ts";
import { many } from "../../text/number.ts";

interface Finding {
  readonly kind: StateKind;
  readonly word: string;
  readonly sentence: string;
  readonly link?: ComponentChildren;
}

export function Health({ overview }: { readonly overview: Overview }) {
  const findings = findingsOf(overview);
  const warnings = overview.warnings.map(
    (text): Finding => ({ kind: "warn", word: "warning", sentence: shortOf(text) }),
  );
  const few = warnings.length <= mostWarnings;
  return (
    <section class="panel" aria-label="Health">
      {findings.length + warnings.length === 0 && <State kind="good">All is as configured.</State>}
      <List findings={few ? [...findings, ...warnings] : findings} />
      {!few && (
        <details>
          <summary>{many(warnings.length, "warning")}</summary>
          <List findings={warnings} />
        </details>
      )}
    </section>
  );
}

function List({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul class="findings">
      {findings.map(({ kind, word, sentence, link }) => (
        <li key={sentence}>
          <State kind={kind}>{word}</State>
          <span>
            {sentence} {link}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What stands there for days is not to hide what is new. */
const mostWarnings = 2;

/** `sbc.yaml:4:11: warning: phones.listen: ...`: that it is a warning stands beside it. */
function shortOf(warning: string): string {
  return warning.replace(": warning: ", ": ");
}

function findingsOf({ problems, inShadow, openAlerts }: Overview): readonly Finding[] {
  const alerts: Finding = {
    kind: "bad",
    word: "alert",
    sentence: `${many(openAlerts, "alert")} open.`,
    link: <a href={linkTo("alerts")}>Look after it</a>,
  };
  const shadow: Finding = {
    kind: "warn",
    word: "in shadow",
    sentence: `Decided and counted, but not acted on: ${inShadow.join(", ")}.`,
    link: <a href={linkTo("defence", ["shadow"])}>See what it would have done</a>,
  };
  return [
    ...problems.map((sentence) => ({ kind: "bad", word: "wrong", sentence }) as const),
    ...(openAlerts > 0 ? [alerts] : []),
    ...(inShadow.length > 0 ? [shadow] : []),
  ];
}
