/**
 * Which Ringfence processes run on this machine: one small file each, written at the start, removed at the end.
 * It lets `./ringfence status` find the one that runs without being told where. What is left behind by a killed process is
 * recognised because nobody answers on its socket any more.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import type { Environment } from "./environment.ts";

export interface Instance {
  readonly pid: number;
  /** The control socket. */
  readonly socket: string;
  readonly stateDir: string;
  /** Absolute path of the configuration file. */
  readonly config: string;
  readonly demo: boolean;
}

/** More entries than this are not read: nobody runs so many. */
const mostInstances = 64;
/** sun_path of unix(7) has 108 octets, the last is NUL. */
const longestSocketPath = 107;

/** In the state folder; for one whose path is too long for the kernel, in the runtime folder under a name made of it. */
export function socketPath(stateDir: string, environment: Environment): string {
  const beside = join(stateDir, "control.sock");
  if (Buffer.byteLength(beside) <= longestSocketPath) return beside;
  const name = createHash("sha256").update(stateDir).digest("hex").slice(0, 16);
  return join(openRuntimeDir(environment), `${name}.sock`);
}

/** Returns what removes the entry again. */
export function announceInstance(instance: Instance, environment: Environment): () => void {
  const dir = openRuntimeDir(environment);
  // Whoever had this socket before was killed: two cannot have it.
  for (const other of listInstances(environment)) {
    if (other.socket === instance.socket) rmSync(join(dir, `${other.pid}.json`), { force: true });
  }
  const file = join(dir, `${instance.pid}.json`);
  const fresh = `${file}.new`;
  writeFileSync(fresh, JSON.stringify(instance), { mode: 0o600 });
  renameSync(fresh, file);
  return () => rmSync(file, { force: true });
}

/** Every readable entry, running or not. */
export function listInstances(environment: Environment): readonly Instance[] {
  const dir = environment.runtimeDir;
  if (!isOurs(dir)) return [];
  const names = readdirSync(dir).filter((name) => name.endsWith(".json"));
  return names.slice(0, mostInstances).flatMap((name) => readInstance(join(dir, name)) ?? []);
}

/** The folder may be below /tmp, where anybody can put one of that name first: it must be ours and no link. */
function openRuntimeDir(environment: Environment): string {
  mkdirSync(environment.runtimeDir, { recursive: true, mode: 0o700 });
  if (isOurs(environment.runtimeDir)) return environment.runtimeDir;
  const message = `${environment.runtimeDir} belongs to another user, or others may write to it`;
  throw new RingfenceError("runtime-dir", message, "Set XDG_RUNTIME_DIR to a folder of your own.");
}

function isOurs(dir: string): boolean {
  try {
    const stat = lstatSync(dir);
    const uid = process.getuid?.() ?? 0;
    // root may read the folder of the service's own user.
    return stat.isDirectory() && (stat.uid === uid || uid === 0) && (stat.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

function readInstance(file: string): Instance | undefined {
  try {
    const read = JSON.parse(readFileSync(file, "utf8")) as Partial<Instance>;
    const { pid, socket, stateDir, config, demo } = read;
    const complete =
      typeof pid === "number" &&
      typeof socket === "string" &&
      typeof stateDir === "string" &&
      typeof config === "string";
    return complete ? { pid, socket, stateDir, config, demo: demo === true } : undefined;
  } catch {
    return undefined;
  }
}
