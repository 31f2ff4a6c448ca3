/** `ringfence drain`: the running one takes no new calls and ends when the last one has. */
import { formatDuration, parseDuration, RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import { findRunning } from "../control/find-running.ts";
import { exitCodes } from "../failures.ts";
import { askControl } from "../io/control-client.ts";

export interface DrainOptions {
  readonly config?: string;
  /** As typed: `2m`. */
  readonly wait?: string;
}

/** How often is looked whether it has ended, and how long one answer may take, in ms. */
const LOOK_EVERY = 200;
const PATIENCE = 5_000;

/** @throws RingfenceError */
export async function drain(options: DrainOptions, { environment, terminal }: CliContext): Promise<number> {
  const wait = options.wait === undefined ? undefined : readWait(options.wait);
  const { socket } = await findRunning(options.config, environment);
  const { calls } = await askControl(socket, { command: "drain" }, PATIENCE, environment.userName);
  const waits = calls === 0 ? "no call is in progress" : `${isOrAre(calls)} waited for`;
  terminal.out(`draining: no new calls, ${waits}; then it ends`);
  if (wait === undefined) return exitCodes.ok;
  const left = await untilEnded(socket, calls, performance.now() + wait);
  terminal.out(left === undefined ? "it has ended" : `after ${formatDuration(wait)} ${isOrAre(left)} still up`);
  return left === undefined ? exitCodes.ok : exitCodes.refused;
}

/** @param calls as last counted. @returns those that are up when the time is over; undefined when it has ended */
async function untilEnded(socket: string, calls: number, end: number): Promise<number | undefined> {
  for (let up: number | undefined = calls; ; await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))) {
    const before: number = up;
    up = await askControl(socket, { command: "status" }, PATIENCE).then(
      ({ status }) => status.calls,
      // One that is slow to answer has not ended.
      (error: NodeJS.ErrnoException) => (hasEnded.has(error.code ?? "") ? undefined : before),
    );
    if (up === undefined || performance.now() >= end) return up;
  }
}

const hasEnded: ReadonlySet<string> = new Set(["ENOENT", "ECONNREFUSED"]);
const isOrAre = (calls: number): string => `${calls} ${calls === 1 ? "call is" : "calls are"}`;

function readWait(text: string): number {
  const wait = parseDuration(text);
  if (wait !== undefined) return wait;
  throw new RingfenceError("usage", `--wait ${text} is no time`, "Write 30s, 2m or 1h.");
}
