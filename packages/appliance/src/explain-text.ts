/** What `./ringfence explain` prints for people: plain data to lines. */
import type { Decider } from "@ringfence/edge";
import type { DialledNumber, Explanation, Load } from "@ringfence/policy";

export interface ExplainedCall {
  /** What the file is called: it starts every place. Null: its text is not known any more. */
  readonly file: string | null;
  /** Who calls whom, from where. */
  readonly call: string;
  readonly number?: DialledNumber | undefined;
  readonly explanation: Explanation;
  /** More to know, each with a name. */
  readonly notes: readonly (readonly [name: string, text: string])[];
  /** Who said so. */
  readonly by: Decider;
}

const outcomes = {
  pass: "passes",
  exempt: "exempt",
  emergency: "emergency",
  shadow: "in shadow",
  reject: "REFUSES",
  drop: "DROPS",
} as const;

/** Where docs/errors.md says what a reason means and what to do. */
const headings: Readonly<Record<Exclude<Decider, "answer">, string>> = {
  policy: "Reject reasons",
  message: "Requests that fail a check",
  account: "Account refusals",
  media: "Media refusals",
  cut: "Call end reasons",
  ban: "Ban reasons",
};

export function explainText({ file, call, number, explanation, notes, by }: ExplainedCall): readonly string[] {
  const { rules, remedy, reason } = explanation;
  const listed =
    reason === undefined || by === "answer" ? undefined : `see ${reason} in docs/errors.md, ${headings[by]}`;
  const change = remedy ?? listed;
  return [
    row("call", call),
    ...numberRows(number),
    ...notes.map(([name, text]) => row(name, text)),
    row("answer", answer(explanation)),
    ...(rules.length === 0 ? [] : [""]),
    ...rules.map(({ rule, outcome, note, key, line }) => {
      const place = key === undefined ? "" : `  ${placeText(file, line)}${key}`;
      return `  ${rule.padEnd(13)} ${outcomes[outcome].padEnd(10)} ${note}${place}`;
    }),
    ...(change === undefined ? [] : ["", row("to change it", change)]),
  ];
}

/** What was in use, as far as it is anything. */
export function loadText({
  calls,
  callsThisSecond,
  callsOfAccount,
  callsOfTrunk,
  use,
  suspended,
  draining,
}: Load): string {
  const hour =
    use === undefined
      ? []
      : [`${many(use.callsThisHour, "call")} within the hour`, `${minutes(use.msToday)} min today`];
  return [
    many(calls, "call"),
    `${callsThisSecond} new in this second`,
    ...(callsOfAccount > 0 ? [`${callsOfAccount} of the account`] : []),
    ...(callsOfTrunk > 0 ? [`${callsOfTrunk} of the trunk`] : []),
    ...hour,
    ...(use !== undefined && use.spentToday > 0 ? [`${(use.spentToday / 1_000_000).toFixed(2)} spent today`] : []),
    ...(suspended === true ? ["the account is suspended"] : []),
    ...(draining === true ? ["draining"] : []),
  ].join(", ");
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function minutes(ms: number): string {
  return (ms / 60_000).toFixed(1);
}

function placeText(file: string | null, line: number | undefined): string {
  if (file === null) return "";
  return line === undefined ? "default " : `${file}:${line} `;
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
  const why = text === undefined ? `(${reason})` : `${text} (${reason})`;
  if (action === "allow") return emergency ? "let through, as an emergency call" : "let through";
  if (action === "drop") return `not answered: ${reason}`;
  return action === "end" ? `ended: ${why}` : `refused: ${status === undefined ? "" : `${status} `}${why}`;
}
