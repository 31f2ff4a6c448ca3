/** `ringfence status [--json]`. */

import { asciiJson } from "../ascii-json.ts";
import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";
import { exitCodes } from "../failures.ts";
import { cleanText } from "../logs/clean-text.ts";
import { formatStatus } from "../status.ts";

/** @throws RingfenceError */
export async function status(
  options: { readonly config?: string; readonly json?: boolean },
  context: CliContext,
): Promise<number> {
  const { terminal } = context;
  const { status } = await askRunning(options.config, context, { command: "status" });
  if (options.json === true) terminal.out(asciiJson(status, 2));
  else for (const line of formatStatus(status).split("\n")) terminal.out(cleanText(line));
  return exitCodes.ok;
}
