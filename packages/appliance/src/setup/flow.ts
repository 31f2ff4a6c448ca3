/** The conversation of the setup as a pure function: answers in, the next question out. */
import type { Answers, Machine, Question } from "./question.ts";
import { questions } from "./questions.ts";

export interface Asking {
  readonly question: Question;
  readonly text: string;
  readonly usual: string | undefined;
  /** "3 of 20". */
  readonly place: { readonly number: number; readonly of: number };
}

/** Undefined: everything that has to be known is known. */
export function nextQuestion(answers: Answers, machine: Machine): Asking | undefined {
  const asked = questions.filter(({ applies }) => applies(answers));
  const at = asked.findIndex(({ key }) => !answers.has(key));
  const question = asked[at];
  if (question === undefined) return undefined;
  return {
    question,
    text: question.ask(answers, machine),
    usual: question.usual(answers, machine),
    place: { number: at + 1, of: asked.length },
  };
}

/** @param text as typed; empty: what is usual */
export function answer(
  answers: Answers,
  { question, usual }: Asking,
  text: string,
): { readonly answers: Answers } | { readonly problem: string } {
  const given = text.trim();
  const meant = given === "" ? usual : given;
  if (meant === undefined) return { problem: "this cannot be left out" };
  const read = question.read(meant);
  if ("problem" in read) return read;
  return { answers: new Map([...answers, [question.key, read.value]]) };
}

/** What no longer has a question, or cannot be read any more, is asked again. */
export function stillGood(kept: Iterable<readonly [string, string]>): Answers {
  let good: Answers = new Map();
  const given = new Map(kept);
  for (const question of questions) {
    const value = given.get(question.key);
    if (value === undefined || !question.applies(good)) continue;
    const read = question.read(value);
    if ("value" in read) good = new Map([...good, [question.key, read.value]]);
  }
  return good;
}
