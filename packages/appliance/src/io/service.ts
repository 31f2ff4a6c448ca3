/** The service on this machine: by systemd where it runs, else as a process of ours for as long as the setup needs it. */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { RingfenceError } from "@ringfence/policy";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const mostStartMs = 120_000;

export function hasSystemd(): boolean {
  return existsSync("/run/systemd/system");
}

/** Units that are not installed are left out. @throws RingfenceError with what systemctl said */
export async function systemctl(verb: "start" | "restart" | "reload-or-restart", unit: string): Promise<void> {
  try {
    await promisify(execFile)("systemctl", [verb, unit]);
  } catch (error) {
    const said = (error as { readonly stderr?: string }).stderr?.trim() ?? String(error);
    const remedy = `Look: journalctl -u ${unit} -n 50.`;
    throw new RingfenceError("service", `systemctl ${verb} ${unit} failed: ${said}`, remedy);
  }
}

export async function hasUnit(unit: string): Promise<boolean> {
  try {
    await promisify(execFile)("systemctl", ["cat", unit]);
    return true;
  } catch {
    return false;
  }
}

/** Ringfence as a child, by the service's own user. @returns what ends it @throws RingfenceError when it does not come up */
export async function startForNow(
  config: string,
  stateDir: string,
  user: { readonly uid: number; readonly gid: number } | undefined,
): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [main, "start", "--config", config], {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: stateDir, RUNTIME_DIRECTORY: join(stateDir, "running") },
    stdio: ["ignore", "pipe", "pipe"],
    ...user,
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let said = "";
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const ready = new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    void ended.then(() => resolve(false));
    setTimeout(() => resolve(false), mostStartMs).unref();
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-20_000);
      if (said.includes('"event":"ready"')) resolve(true);
    });
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  if (await ready) return stop;
  await stop();
  const last = complaint.trim().split("\n").at(-1) ?? "";
  throw new RingfenceError("service", `Ringfence does not start: ${last}`, "Mend it, and run the setup again.");
}
