/** `ringfence history [generation]`: what was in force, when, and who asked for it; or the text of one. */

import { RingfenceError } from "@ringfence/policy";
import { asciiJson } from "../ascii-json.ts";
import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";
import { exitCodes } from "../failures.ts";
import type { Generation, GenerationReason } from "../generations/history.ts";
import { cleanText } from "../logs/clean-text.ts";
import { readGeneration } from "./reload.ts";

const words: Readonly<Record<GenerationReason, string>> = {
  start: "start",
  reload: "reload",
  signal: "reload by signal",
  rollback: "rollback",
  "not-confirmed": "went back: not confirmed",
};

/** @throws RingfenceError */
export async function history(
  generation: string | undefined,
  options: { readonly config?: string; readonly json?: boolean },
  context: CliContext,
): Promise<number> {
  const { terminal } = context;
  const number = generation === undefined ? undefined : readGeneration(generation);
  const answer = await askRunning(options.config, context, { command: "history", ...(number && { number }) });
  if (number !== undefined) {
    if (answer.text === null) {
      const message = `generation ${number} is not kept`;
      throw new RingfenceError("no-such-generation", message, "./ringfence history lists what there is.");
    }
    // As it was written: it is to become a file again.
    terminal.out(answer.text.endsWith("\n") ? answer.text.slice(0, -1) : answer.text);
  } else if (options.json === true) terminal.out(asciiJson(answer.generations, 2));
  else for (const line of table(answer.generations, answer.inForce)) terminal.out(line);
  return exitCodes.ok;
}

function table(generations: readonly Generation[], inForce: number): readonly string[] {
  return generations.toReversed().map(({ number, at, by, why, confirmed }) => {
    const who = by === "" ? "" : ` by ${cleanText(by)}`;
    const mark = number === inForce ? ", in force" : "";
    return `${String(number).padStart(4)}  ${at.slice(0, 19).replace("T", " ")}Z  ${words[why]}${who}${confirmed ? "" : ", not confirmed"}${mark}`;
  });
}
