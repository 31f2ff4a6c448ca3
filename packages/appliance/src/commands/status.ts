/** `ringfence status [--json]`. */
import { RingfenceError } from "@ringfence/policy";
import { cleanText } from "../clean-text.ts";
import type { CliContext } from "../cli.ts";
import { exitCodes } from "../failures.ts";
import { findRunning } from "../find-running.ts";
import { askControl } from "../io/control-client.ts";
import { formatStatus } from "../status.ts";

const patienceMs = 5_000;

/** @throws RingfenceError */
export async function status(
  options: { readonly config?: string; readonly json?: boolean },
  { environment, terminal }: CliContext,
): Promise<number> {
  const { socket } = await findRunning(options.config, environment);
  const answer = await askControl(socket, "status", patienceMs);
  if (answer.kind !== "status") {
    const said = answer.kind === "error" ? answer.message : "an answer that does not fit";
    throw new RingfenceError("no-answer", `the running Ringfence said: ${said}`, "Try again in a moment.");
  }
  if (options.json === true) terminal.out(JSON.stringify(answer.status, undefined, 2));
  else for (const line of formatStatus(answer.status).split("\n")) terminal.out(cleanText(line));
  return exitCodes.ok;
}
