/** `ringfence reload`: asks the running one, and shows what it says. */

import { RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import { findRunning } from "../find-running.ts";
import { askControl } from "../io/control-client.ts";

/** Certificates and host names are looked up on the way; a reload that takes longer hangs. */
const longestReloadMs = 60_000;

/** @throws RingfenceError */
export async function reload(options: { readonly config?: string }, context: CliContext): Promise<number> {
  const { terminal } = context;
  const { socket } = await findRunning(options.config, context.environment);
  const answer = await askControl(socket, "reload", longestReloadMs);
  if (answer.kind !== "reload") {
    const said = answer.kind === "error" ? answer.message : "an answer that does not fit";
    throw new RingfenceError("no-answer", `the running Ringfence said: ${said}`, "Try again in a moment.");
  }
  const { outcome, generation, lines, warnings, exitCode } = answer.report;
  for (const warning of warnings) terminal.warning(warning);
  if (outcome === "refused") {
    for (const line of lines) terminal.problem(line);
    terminal.problem(`refused: the configuration before it (generation ${generation}) goes on serving`);
  } else if (outcome === "unchanged") terminal.out(`unchanged: generation ${generation} goes on serving`);
  else terminal.out([`reloaded: generation ${generation}`, ...lines.map((line) => `  ${line}`)].join("\n"));
  return exitCode;
}
