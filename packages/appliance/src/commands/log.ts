/** `ringfence log` and `ringfence log AREA LEVEL --for TIME`. */

import { logLevels, parseDuration, RingfenceError } from "@ringfence/policy";
import { asciiJson } from "../ascii-json.ts";
import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";
import { exitCodes } from "../failures.ts";
import { cleanText } from "../logs/clean-text.ts";
import type { AreaLevel } from "../logs/levels.ts";

export interface LogOptions {
  readonly config?: string;
  readonly for: string;
  readonly json?: boolean;
}

/** @throws RingfenceError */
export async function log(
  area: string | undefined,
  level: string | undefined,
  options: LogOptions,
  context: CliContext,
): Promise<number> {
  const { terminal } = context;
  const change = area === undefined ? undefined : readChange(area, level, options.for);
  const answer = await askRunning(options.config, context, { command: "log", change });
  if (options.json === true) terminal.out(asciiJson(answer, 2));
  else {
    for (const line of formatLevels(answer.levels)) terminal.out(line);
    for (const { output, state } of answer.outputs) terminal.out(cleanText(`to ${output}: ${state}`));
  }
  return exitCodes.ok;
}

function readChange(area: string, word: string | undefined, time: string) {
  const level = logLevels.find((one) => one === word);
  if (level === undefined) {
    throw new RingfenceError("usage", "a level belongs behind the area", `One of ${logLevels.join(", ")}.`);
  }
  const forMs = parseDuration(time);
  if (forMs === undefined || forMs < 1_000 || forMs > 86_400_000) {
    throw new RingfenceError("not-a-duration", `--for ${time} is no time up to a day`, "Write 30s, 10m or 2h");
  }
  return { area, level, forMs };
}

export function formatLevels(levels: readonly AreaLevel[]): readonly string[] {
  const width = Math.max(...levels.map(({ area }) => area.length));
  return levels.map(({ area, level, until }) => {
    const end = until === undefined ? "" : `  until ${new Date(until).toISOString().slice(0, 19)}Z`;
    return `${area.padEnd(width)}  ${level.padEnd(5)}${end}`.trimEnd();
  });
}
