/** Who answers: a person at the terminal, question by question, or a file that was written before. */

import { BlockList, isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { RingfenceError } from "@ringfence/policy";
import type { Keyboard } from "../io/keyboard.ts";
import { ownAddress } from "../own-address.ts";
import { answer, nextQuestion, stillGood } from "./flow.ts";
import { keepAnswers, keptAnswers } from "./kept-files.ts";
import type { Answers, Machine } from "./question.ts";

export interface Talk {
  readonly keyboard: Keyboard;
  readonly say: (line: string) => void;
  /** After an answer: what can be found out about it at once. */
  readonly onAnswer: (key: string, value: string) => Promise<void>;
}

/** RFC 1918, RFC 6598. */
const privateBlocks: readonly (readonly [string, number])[] = [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
];

export function thisMachine(interfaces = networkInterfaces()): Machine {
  const address = ownAddress(interfaces);
  const blocks = new BlockList();
  for (const [block, prefix] of privateBlocks) blocks.addSubnet(block, prefix);
  return { address, isPrivate: isIPv4(address) && blocks.check(address) };
}

/**
 * Every answer is kept at once, so that it can be interrupted anywhere.
 * @param again ask everything once more, with what was answered before as what is usual
 * @throws RingfenceError `setup-interrupted` when the input ends
 */
export async function askPerson(stateDir: string, machine: Machine, again: boolean, talk: Talk): Promise<Answers> {
  const before = stillGood(keptAnswers(stateDir));
  let answers: Answers = again ? new Map() : before;
  if (before.size > 0) {
    talk.say(
      `${before.size} answers of before are kept${again ? "" : "; ringfence setup --again asks for all of them"}.`,
    );
  }
  for (let asking = nextQuestion(answers, machine); asking !== undefined; asking = nextQuestion(answers, machine)) {
    const usual = before.get(asking.question.key) ?? asking.usual;
    const { number, of } = asking.place;
    talk.say(`\n${number} of ${of}  ${asking.text}`);
    const typed = await talk.keyboard.line(usual === undefined ? "> " : `[${usual}] > `);
    if (typed === undefined) throw interrupted();
    const said = answer(answers, { ...asking, usual }, typed);
    if ("problem" in said) {
      talk.say(`${said.problem}.`);
      continue;
    }
    answers = said.answers;
    keepAnswers(stateDir, answers);
    await talk.onAnswer(asking.question.key, answers.get(asking.question.key) ?? "");
  }
  return answers;
}

export function interrupted(): RingfenceError {
  const remedy = "Run ringfence setup again: it goes on where it was.";
  return new RingfenceError("setup-interrupted", "the setup is not at its end; the answers so far are kept", remedy);
}
