/** `ringfence reload`: asks the running one, and shows what it says. */

import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";

/** Certificates and host names are looked up on the way; a reload that takes longer hangs. */
const longestReloadMs = 60_000;

/** @throws RingfenceError */
export async function reload(options: { readonly config?: string }, context: CliContext): Promise<number> {
  const { terminal } = context;
  const { report } = await askRunning(options.config, context, { command: "reload" }, longestReloadMs);
  const { outcome, generation, lines, warnings, exitCode } = report;
  for (const warning of warnings) terminal.warning(warning);
  if (outcome === "refused") {
    for (const line of lines) terminal.problem(line);
    terminal.problem(`refused: the configuration before it (generation ${generation}) goes on serving`);
  } else if (outcome === "unchanged") terminal.out(`unchanged: generation ${generation} goes on serving`);
  else terminal.out([`reloaded: generation ${generation}`, ...lines.map((line) => `  ${line}`)].join("\n"));
  return exitCode;
}
