/** How a command asks the running Ringfence. */
import type { CliContext } from "../cli.ts";
import { askControl } from "../io/control-client.ts";
import { findRunning } from "./find-running.ts";
import type { AnswerTo, ControlRequest } from "./protocol.ts";

/** Most answers are there at once. */
const patience = 5_000;

/** @throws RingfenceError when none runs, or it says no */
export async function askRunning<R extends ControlRequest>(
  config: string | undefined,
  { environment }: Pick<CliContext, "environment">,
  request: R,
  patienceMs = patience,
): Promise<AnswerTo<R["command"]>> {
  const { socket } = await findRunning(config, environment);
  return askControl(socket, request, patienceMs, environment.userName);
}
