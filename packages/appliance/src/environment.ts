/** The only file that reads process.env: what else the process knows comes from its arguments and its config file. */
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** The program that started this one and looks after it (systemd), as sd_notify(3) and sd_watchdog_enabled(3) have it. */
export interface SupervisorPlace {
  /** Path of a unix datagram socket. */
  readonly socket: string;
  /** Silent for so long, this process is taken for dead. */
  readonly watchdogMs?: number;
}

export interface Environment {
  /** Where running instances are listed and found: /run/ringfence, a user's own runtime directory, or a folder in tmp. */
  readonly runtimeDir: string;
  /** Where state goes when the default folder cannot be used because the process is not root. */
  readonly userStateDir: string;
  /** Who runs this, for the history of configurations: the one who became root by sudo, else the user. */
  readonly userName: string;
  /** https://no-color.org: present and not empty means no colour. */
  readonly noColour: boolean;
  /** Undefined: nobody waits for a word of this process. */
  readonly supervisor?: SupervisorPlace | undefined;
  /** The value of a variable that the configuration names as a secret: `{ env: NAME }`. */
  secret(name: string): string | undefined;
}

export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const uid = process.getuid?.() ?? 0;
  return {
    runtimeDir: runtimeDir(env, uid),
    userStateDir: join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "ringfence"),
    userName: (env.SUDO_USER || accountName(uid)).slice(0, 64),
    noColour: (env.NO_COLOR ?? "") !== "",
    supervisor: supervisor(env),
    secret: (name) => (Object.hasOwn(env, name) ? env[name] : undefined),
  };
}

function supervisor(env: NodeJS.ProcessEnv): SupervisorPlace | undefined {
  const socket = env.NOTIFY_SOCKET ?? "";
  if (socket === "") return undefined;
  const microseconds = Number(env.WATCHDOG_USEC);
  const isMeant = env.WATCHDOG_PID === undefined || env.WATCHDOG_PID === String(process.pid);
  return isMeant && microseconds > 0 ? { socket, watchdogMs: microseconds / 1_000 } : { socket };
}

/** In a container the user may have a number and no name. */
function accountName(uid: number): string {
  try {
    return userInfo().username;
  } catch {
    return String(uid);
  }
}

function runtimeDir(env: NodeJS.ProcessEnv, uid: number): string {
  // systemd sets it (RuntimeDirectory=); several are separated by colons.
  const given = env.RUNTIME_DIRECTORY?.split(":")[0];
  if (given) return given;
  if (uid === 0) return "/run/ringfence";
  return env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, "ringfence") : join(tmpdir(), `ringfence-${uid}`);
}
