/** `ringfence suspend ACCOUNT` and `ringfence resume ACCOUNT`. */
import { parseDuration, RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";
import { exitCodes } from "../failures.ts";

interface SuspendOptions {
  readonly config?: string;
  readonly for?: string;
}

/** @throws RingfenceError */
export async function suspend(account: string, options: SuspendOptions, context: CliContext): Promise<number> {
  const forMs = options.for === undefined ? undefined : parseDuration(options.for);
  if (options.for !== undefined && (forMs === undefined || forMs === 0)) {
    throw new RingfenceError("usage", "--for must be a duration", "For example --for 12h.");
  }
  const { calls } = await askRunning(options.config, context, { command: "suspend", account, forMs });
  const ended = `${calls} ${calls === 1 ? "call" : "calls"} ended`;
  context.terminal.out(
    `suspended ${account} ${options.for === undefined ? "until resumed" : `for ${options.for}`}: ${ended}`,
  );
  return exitCodes.ok;
}

/** @throws RingfenceError */
export async function resume(
  account: string,
  options: { readonly config?: string },
  context: CliContext,
): Promise<number> {
  const { was } = await askRunning(options.config, context, { command: "resume", account });
  context.terminal.out(was ? `resumed ${account}` : `${account} was not suspended`);
  return exitCodes.ok;
}
