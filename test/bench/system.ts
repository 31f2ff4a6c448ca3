/** A system under test: a set of processes with a folder of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuOf } from "./cpu.ts";

const repository = new URL("../..", import.meta.url).pathname;

/** Nothing outlives the benchmark, however it ends. */
const started = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of started) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

export function endsWithUs(child: ChildProcess): ChildProcess {
  started.add(child);
  child.once("exit", () => started.delete(child));
  return child;
}

export class System {
  readonly name: string;
  /** Where SIP is sent to. */
  readonly entry: { readonly address: string; readonly port: number };
  readonly #children: ChildProcess[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "ringfence-bench-"));

  constructor(name: string, entry: System["entry"]) {
    this.name = name;
    this.entry = entry;
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  file(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** @param log file that keeps what it prints */
  start(command: string, args: readonly string[], log?: string): void {
    const stdout = log === undefined ? "ignore" : openSync(log, "w");
    const child = spawn(command, args, { stdio: ["ignore", stdout, "pipe"], cwd: repository });
    if (typeof stdout === "number") closeSync(stdout);
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2_000);
    });
    child.once("exit", (code) => {
      if (code) console.error(`${this.name}: ${command} ended with ${code}: ${said}`);
    });
    this.#children.push(endsWithUs(child));
  }

  /** The process that was started first: of Ringfence the only one. */
  get pid(): number {
    return this.#children[0]?.pid ?? 0;
  }

  /** User and system time of all its processes and threads so far, in ms. */
  cpu(): number {
    return this.#children.reduce((sum, child) => sum + cpuOf(child.pid ?? 0), 0);
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
