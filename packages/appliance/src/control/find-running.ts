/** Which running Ringfence a command means. */
import { resolve } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import { readConfigFile } from "../config-file.ts";
import type { Environment } from "../environment.ts";
import { type Instance, listInstances, socketPath } from "../instances.ts";
import { askControl } from "../io/control-client.ts";
import { possibleStateDirs } from "../state-dir.ts";

export interface Running {
  readonly socket: string;
}

/** Where nobody is, a socket says so at once. One who is busy is waited for. */
const patience = 10_000;

/**
 * With a configuration file: the one that was started with it, or that uses the state folder it names. Without: the only one.
 * @throws RingfenceError `not-running`, `several-running`, ConfigError when the file is needed and wrong
 */
export async function findRunning(config: string | undefined, environment: Environment): Promise<Running> {
  const alive = await keepAlive(listInstances(environment));
  if (config !== undefined) {
    const path = resolve(config);
    return alive.find((instance) => instance.config === path) ?? (await byStateDir(config, environment));
  }
  const [first, ...others] = alive;
  if (first === undefined) {
    throw new RingfenceError(
      "not-running",
      "no Ringfence of this user runs here",
      "Start one with ./ringfence start; for one of another user add --config FILE, as that user or as root.",
    );
  }
  if (others.length === 0) return first;
  const list = alive.map((instance) => `process ${instance.pid}: --config ${instance.config}`).join("; ");
  throw new RingfenceError("several-running", `${alive.length} are running (${list})`, "Name one with its --config.");
}

async function byStateDir(config: string, environment: Environment): Promise<Running> {
  const file = readConfigFile(config);
  for (const dir of possibleStateDirs(file.config.state.dir, file.dir, environment)) {
    const socket = socketPath(dir, environment);
    if (await answers(socket)) return { socket };
  }
  throw new RingfenceError(
    "not-running",
    `no Ringfence runs with ${config}, or this user may not talk to it`,
    `Start it with ./ringfence start --config ${config}.`,
  );
}

async function keepAlive(instances: readonly Instance[]): Promise<readonly Instance[]> {
  const alive = await Promise.all(instances.map(({ socket, pid }) => answers(socket, pid)));
  return instances.filter((_instance, index) => alive[index] === true);
}

/** A killed process may have left its entry, and another one its socket in the same place: the process must be the same. */
function answers(socket: string, pid?: number): Promise<boolean> {
  return askControl(socket, { command: "status" }, patience).then(
    ({ status }) => pid === undefined || status.pid === pid,
    // One that is still starting has no status, and is there.
    (error) => error instanceof RingfenceError,
  );
}
