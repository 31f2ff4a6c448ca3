/** `ringfence diff [file]`: what a reload would change, found by the same steps as a reload, and nothing done. */
import { resolve } from "node:path";
import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";
import { exitCodes } from "../failures.ts";

const longestLoadMs = 60_000;

/** @throws RingfenceError with the problems of the file */
export async function diff(
  file: string | undefined,
  options: { readonly config?: string },
  context: CliContext,
): Promise<number> {
  const { terminal } = context;
  const asked = { command: "diff", ...(file !== undefined && { file: resolve(file) }) } as const;
  const { changes, warnings, generation } = await askRunning(options.config, context, asked, longestLoadMs);
  for (const warning of warnings) terminal.warning(warning);
  if (changes.length === 0) terminal.out(`no difference to generation ${generation}, which serves`);
  else
    terminal.out(
      [`a reload would change in generation ${generation}:`, ...changes.map((line) => `  ${line}`)].join("\n"),
    );
  return exitCodes.ok;
}
