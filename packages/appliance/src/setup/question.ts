/** A question of the setup, and how what a person types becomes an answer. Answers are text: lists have commas, "none" is no answer. */
import { isIP } from "node:net";

export type Answers = ReadonlyMap<string, string>;

/** What is known of the machine before anything is asked. */
export interface Machine {
  /** That a phone beside it would dial. */
  readonly address: string;
  readonly isPrivate: boolean;
}

export type Reading = { readonly value: string } | { readonly problem: string };

export interface Question {
  /** In the file of answers. */
  readonly key: string;
  ask(answers: Answers, machine: Machine): string;
  /** What is taken when nothing is typed; undefined: something must be. */
  usual(answers: Answers, machine: Machine): string | undefined;
  /** Whether it is asked at all. */
  applies(answers: Answers): boolean;
  read(text: string): Reading;
}

export const none = "none";

export function isGiven(answers: Answers, key: string): boolean {
  const value = answers.get(key);
  return value !== undefined && value !== none;
}

/** HOST or HOST:PORT. */
export function place(text: string): Reading {
  const { host, port } = splitPlace(text);
  if (isName(host) && port !== undefined) return { value: text };
  return { problem: `${text} is no address: write 10.0.0.5 or 10.0.0.5:5060` };
}

export function splitPlace(text: string): { readonly host: string; readonly port: number | undefined } {
  const end = text.startsWith("[") ? text.indexOf("]") + 1 : text.indexOf(":");
  const cut = end <= 0 ? text.length : end;
  const host = text.slice(0, cut).replace("[", "").replace("]", "");
  const rest = text.slice(cut);
  const port = rest === "" ? 5_060 : Number(rest.slice(1));
  return { host, port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined };
}

export function names(text: string): Reading {
  const list = text.split(",").map((name) => name.trim());
  const wrong = list.find((name) => !isName(name));
  if (wrong === undefined) return { value: list.join(", ") };
  return { problem: `"${wrong}" is no domain: write pbx.example.com, or several with commas` };
}

export function address(text: string): Reading {
  return isIP(text) === 0 ? { problem: `${text} is no address: write one like 203.0.113.10` } : { value: text };
}

export function orNone(read: (text: string) => Reading): (text: string) => Reading {
  return (text) => (text === none ? { value: none } : read(text));
}

export function oneOf(choices: readonly string[]): (text: string) => Reading {
  return (text) =>
    choices.includes(text) ? { value: text } : { problem: `"${text}" is none of these: ${choices.join(", ")}` };
}

export function yesOrNo(text: string): Reading {
  const word = text.toLowerCase();
  if (word === "y" || word === "yes") return { value: "yes" };
  if (word === "n" || word === "no") return { value: "no" };
  return { problem: `"${text}" is neither yes nor no` };
}

/** One word of what an account, a number, a country or a file may be. */
export function word(what: string, isRight: (text: string) => boolean): (text: string) => Reading {
  return (text) => (isRight(text) ? { value: text } : { problem: `"${text}" is no ${what}` });
}

const nameLetters = "abcdefghijklmnopqrstuvwxyz0123456789-._:";

function isName(text: string): boolean {
  return (
    text.length > 0 && text.length <= 253 && [...text.toLowerCase()].every((letter) => nameLetters.includes(letter))
  );
}
