/** `--answers FILE`: the same questions as keys of a YAML file, and a few that a terminal asks for in another way. */
import { RingfenceError } from "@ringfence/policy";
import { parseDocument } from "yaml";
import { answer, nextQuestion } from "./flow.ts";
import type { Answers, Machine } from "./question.ts";
import { questions } from "./questions.ts";

export interface AnswersFile {
  readonly answers: Answers;
  /** Files that hold a password. */
  readonly adminPasswordFile: string | undefined;
  readonly testPasswordFile: string | undefined;
  /** A configuration that the setup did not write may be replaced; it is kept beside. */
  readonly overwrite: boolean;
  /** More of the configuration, as it would stand there. */
  readonly also: Readonly<Record<string, unknown>>;
}

const besides = ["admin_password_file", "test_password_file", "overwrite", "also"];

/** @throws RingfenceError `bad-answers` */
export function readAnswers(name: string, text: string, machine: Machine): AnswersFile {
  const document = parseDocument(text, { uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) throw bad(name, error.message.split("\n")[0] ?? "is no YAML");
  const root: unknown = document.toJS({ maxAliasCount: 0 });
  if (!isObject(root)) throw bad(name, "is no list of answers");
  const given = flat(root);
  const known = new Set([...questions.map(({ key }) => key), ...besides]);
  for (const key of given.keys()) if (!known.has(key)) throw bad(name, `${key} is no question`);
  const also = isObject(root.also) ? root.also : {};
  return {
    answers: answeredBy(name, given, machine),
    adminPasswordFile: given.get("admin_password_file"),
    testPasswordFile: given.get("test_password_file"),
    overwrite: given.get("overwrite") === "yes",
    also,
  };
}

function answeredBy(name: string, given: ReadonlyMap<string, string>, machine: Machine): Answers {
  let answers: Answers = new Map();
  for (let asking = nextQuestion(answers, machine); asking !== undefined; asking = nextQuestion(answers, machine)) {
    const { key } = asking.question;
    const said = answer(answers, asking, given.get(key) ?? "");
    if ("problem" in said) throw bad(name, `${key}: ${said.problem}`);
    answers = said.answers;
  }
  return answers;
}

/** `checklist: { router: yes }` is `checklist.router`; lists get commas. */
function flat(root: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(root)) {
    if (key === "also") continue;
    if (isObject(value)) for (const [inner, one] of Object.entries(value)) out.set(`${key}.${inner}`, written(one));
    else out.set(key, written(value));
  }
  return out;
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === null ? "" : String(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function bad(name: string, message: string): RingfenceError {
  return new RingfenceError(
    "bad-answers",
    `${name}: ${message}`,
    "See ringfence setup --help, and docs/quickstart.md.",
  );
}
