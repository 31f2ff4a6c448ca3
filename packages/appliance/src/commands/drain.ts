/** `ringfence drain`: the running one takes no new calls and ends when the last one has. */
import { RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import { exitCodes } from "../failures.ts";
import { findRunning } from "../find-running.ts";
import { askControl } from "../io/control-client.ts";

const patienceMs = 5_000;

/** @throws RingfenceError */
export async function drain(options: { readonly config?: string }, context: CliContext): Promise<number> {
  const { socket } = await findRunning(options.config, context.environment);
  const answer = await askControl(socket, "drain", patienceMs);
  if (answer.kind !== "drain") {
    const said = answer.kind === "error" ? answer.message : "an answer that does not fit";
    throw new RingfenceError("no-answer", `the running Ringfence said: ${said}`, "Try again in a moment.");
  }
  const { calls } = answer;
  const waits = calls === 0 ? "no call is in progress" : `${calls} ${calls === 1 ? "call is" : "calls are"} waited for`;
  context.terminal.out(`draining: no new calls, ${waits}; then it ends`);
  return exitCodes.ok;
}
