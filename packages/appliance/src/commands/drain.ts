/** `ringfence drain`: the running one takes no new calls and ends when the last one has. */
import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";
import { exitCodes } from "../failures.ts";

/** @throws RingfenceError */
export async function drain(options: { readonly config?: string }, context: CliContext): Promise<number> {
  const { calls } = await askRunning(options.config, context, { command: "drain" });
  const waits = calls === 0 ? "no call is in progress" : `${calls} ${calls === 1 ? "call is" : "calls are"} waited for`;
  context.terminal.out(`draining: no new calls, ${waits}; then it ends`);
  return exitCodes.ok;
}
