/** What an audit asks of the process that serves: its status, and what the kernel knows of it. */
import { readFileSync } from "node:fs";
import type { RunningFacts } from "@ringfence/grade";
import type { Status } from "../status.ts";
import { version } from "../version.ts";

export function runningFacts(status: Status): RunningFacts | undefined {
  const { pid, node, inShadow, kernel } = status;
  try {
    const about = readFileSync(`/proc/${pid}/status`, "utf8");
    const most = readFileSync(`/proc/${pid}/limits`, "utf8");
    return {
      // Real, effective, saved and file system's: the effective one counts.
      uid: Number(fieldsOf(about, "Uid:")[1]),
      capabilities: BigInt(`0x${fieldsOf(about, "CapEff:")[0] ?? "0"}`),
      openFiles: Number(fieldsOf(most, "Max open files")[0]),
      node: withoutV(node),
      nodeWanted: withoutV(process.version),
      version: status.version,
      versionHere: version,
      inShadow,
      kernel: { state: kernel.state, why: kernel.why },
    };
  } catch {
    return undefined;
  }
}

function fieldsOf(text: string, name: string): readonly string[] {
  const line = text.split("\n").find((one) => one.startsWith(name)) ?? name;
  return line
    .slice(name.length)
    .split(/\s/)
    .filter((field) => field !== "");
}

function withoutV(node: string): string {
  return node.startsWith("v") ? node.slice(1) : node;
}
