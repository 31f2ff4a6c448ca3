/** What an audit asks of the process that serves: its status, and what the kernel knows of it. */
import type { DeliveryFacts, RunningFacts } from "@ringfence/grade";
import type { Status } from "../status.ts";
import { version } from "../version.ts";
import type { MachineView } from "./machine-view.ts";

export type StatusForAudit = Pick<Status, "pid" | "node" | "inShadow" | "version"> & {
  readonly kernel: Pick<Status["kernel"], "state" | "why">;
};

export function runningFacts(
  view: MachineView,
  status: StatusForAudit,
  deliveries: readonly DeliveryFacts[],
): RunningFacts | undefined {
  const { pid, node, inShadow, kernel } = status;
  const about = view.read(`/proc/${pid}/status`);
  const most = view.read(`/proc/${pid}/limits`);
  if (about === undefined || most === undefined) return undefined;
  return {
    // Real, effective, saved and file system's: the effective one counts.
    uid: Number(fieldsOf(about, "Uid:")[1]),
    capabilities: BigInt(`0x${fieldsOf(about, "CapEff:")[0] ?? "0"}`),
    openFiles: Number(fieldsOf(most, "Max open files")[0]),
    node: withoutV(node),
    version: status.version,
    versionHere: version,
    inShadow,
    kernel: { state: kernel.state, why: kernel.why },
    deliveries,
  };
}

/** As it stands in a list of versions. */
export function withoutV(node: string): string {
  return node.startsWith("v") ? node.slice(1) : node;
}

function fieldsOf(text: string, name: string): readonly string[] {
  const line = text.split("\n").find((one) => one.startsWith(name)) ?? name;
  return line
    .slice(name.length)
    .split(/\s/)
    .filter((field) => field !== "");
}
