/** What `./ringfence explain` prints for people: plain data to lines. */
import type { DialledNumber, Explanation } from "@ringfence/policy";

export interface ExplainedCall {
  /** As the user wrote the file's name: it starts every place. */
  readonly file: string;
  /** Who calls whom, from where. */
  readonly call: string;
  readonly number: DialledNumber | undefined;
  readonly explanation: Explanation;
}

const outcomes = {
  pass: "passes",
  exempt: "exempt",
  emergency: "emergency",
  shadow: "in shadow",
  reject: "REFUSES",
  drop: "DROPS",
} as const;

export function explainText({ file, call, number, explanation }: ExplainedCall): readonly string[] {
  const { rules, remedy } = explanation;
  return [
    row("call", call),
    ...numberRows(number),
    row("answer", answer(explanation)),
    "",
    ...rules.map(({ rule, outcome, note, key, line }) => {
      const place = key === undefined ? "" : `  ${line === undefined ? "default" : `${file}:${line}`} ${key}`;
      return `  ${rule.padEnd(12)} ${outcomes[outcome].padEnd(10)} ${note}${place}`;
    }),
    ...(remedy === undefined ? [] : ["", row("to change it", remedy)]),
  ];
}

function row(name: string, value: string): string {
  return `${name.padEnd(14)} ${value}`;
}

function numberRows(number: DialledNumber | undefined): readonly string[] {
  if (number === undefined) return [];
  const { world, form, others } = number;
  const read = world === undefined ? `${form}: no number of the world` : `${form}, ${worldText(world)}`;
  const also = others.map((other) => row("could be read", worldText(other)));
  return [row("number", read), ...also];
}

function worldText({ e164, country, type }: NonNullable<DialledNumber["world"]>): string {
  return `+${e164}, ${type}, ${country === undefined ? "of no country" : country}`;
}

function answer({ action, emergency, status, reason, text }: Explanation): string {
  if (action === "allow") return emergency ? "let through, as an emergency call" : "let through";
  return action === "drop" ? `dropped: ${reason}` : `refused: ${status} ${text} (${reason})`;
}
