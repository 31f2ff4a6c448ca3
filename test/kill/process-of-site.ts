/** The program as a process of a site, to be killed: without the shell that starts it elsewhere, so that all its time is its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { BackupSite } from "../support/backup-site.ts";
import type { Begun } from "./kill-rounds.ts";

const main = fileURLToPath(new URL("../../packages/appliance/src/main.ts", import.meta.url));

export interface RunningCommand extends Begun {
  readonly pid: number;
  /** What it has said until now. */
  output(): string;
}

export function run(site: BackupSite, ...args: readonly string[]): RunningCommand {
  const env = { PATH: "/usr/bin:/bin", HOME: site.dir, RUNTIME_DIRECTORY: site.path("run") };
  const child = spawn(process.execPath, [main, ...args], { cwd: site.dir, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const ended = once(child, "close");
  return {
    pid: child.pid ?? 0,
    ended,
    output: () => said,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
