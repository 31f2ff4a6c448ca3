/** Under what conditions a table was made: without them a figure says nothing. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";

const packages: Readonly<Record<string, string>> = {
  sipp: "sip-tester",
  kamailio: "kamailio",
  rtpengine: "rtpengine-daemon",
};

export function has(program: string): boolean {
  return spawnSync("which", [program]).status === 0;
}

/** What to install for a program. */
export function packageOf(program: string): string {
  return packages[program] ?? program;
}

export function conditions(): readonly string[] {
  const [cpu] = cpus();
  return [
    `machine: ${cpu?.model.trim()}, ${cpus().length} processors; Linux ${release()}; Node ${process.version}`,
    `peers: ${Object.keys(packages).map(versionOf).join(", ")}`,
    `date: ${new Date().toISOString().slice(0, 16)}Z; commit ${commit()}; load before the run ${loadavg()[0]?.toFixed(2)}`,
  ];
}

function versionOf(program: string): string {
  if (!has(program)) return `${program} is not installed (apt-get install ${packageOf(program)})`;
  const said = spawnSync("dpkg-query", ["-W", "-f", "$" + "{Version}", packageOf(program)], { encoding: "utf8" });
  return `${program} ${said.stdout?.trim() || "of unknown version"}`;
}

function commit(): string {
  try {
    const head = readFileSync(".git/HEAD", "utf8").trim();
    return spawnSync("git", ["rev-parse", "--short", head.replace("ref: ", "")], { encoding: "utf8" }).stdout.trim();
  } catch {
    return spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).stdout?.trim() ?? "unknown";
  }
}
