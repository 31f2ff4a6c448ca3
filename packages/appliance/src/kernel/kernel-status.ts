/** Whether the kernel drops what is banned, as it was last seen: for `status`, the metrics and /health. */
import type { DropCounts } from "@ringfence/firewall";
import type { Sample } from "../metrics/registry.ts";

/** What can be wrong with it, and what to do: docs/errors.md has a row for each. */
export const kernelTroubles = {
  "no-helper": "the helper does not answer",
  "no-rules": "the ruleset is not loaded",
  "other-rules": "the ruleset was made from another configuration",
  "nft-failed": "the packet filter refused",
  "bans-missing": "bans were gone from the kernel, and were put back",
  "no-answer": "the listener did not answer a probe packet that is not banned",
  "not-dropped": "a probe packet from a banned address arrived",
  "not-counted": "a probe packet from a banned address was lost, but not by our rule",
} as const;
export type KernelTrouble = keyof typeof kernelTroubles;

export interface KernelStatus {
  /** `unproven`: bans are there, and no packet could show that they hold. */
  readonly state: "off" | "shadow" | "starting" | "unproven" | "proven" | "failed";
  /** The end of a sentence; of `failed` the trouble. */
  readonly why: string;
  readonly trouble: KernelTrouble | null;
  /** In the kernel's sets. */
  readonly bans: number;
  /** ISO 8601. */
  readonly provenAt: string | null;
  /** Packets dropped since the ruleset was loaded; null where nobody can tell. */
  readonly dropped: DropCounts | null;
}

export function kernelRow({ state, why, bans, provenAt }: KernelStatus): readonly [string, string] {
  switch (state) {
    case "proven":
      return ["kernel", `drops what is banned: ${bans} sources, proven ${provenAt}`];
    case "failed":
      return ["KERNEL", `DOES NOT PROTECT: ${why}`];
    case "unproven":
      return ["kernel", `${bans} banned sources, NOT PROVEN to be dropped: ${why}`];
    default:
      return ["kernel", `drops nothing of ours: ${why}`];
  }
}

/** Whole sentences; empty when all is as configured. */
export function kernelProblems(status: KernelStatus): readonly string[] {
  return status.state === "failed" ? [`bans do not hold in the kernel: ${status.why}`] : [];
}

export function kernelSamples({ state, bans, dropped }: KernelStatus): readonly Sample[] {
  const proven = { proven: 1, failed: 0 }[state as string] ?? -1;
  return [
    { name: "kernel_proven", value: proven },
    { name: "kernel_banned", value: bans },
    ...Object.entries(dropped ?? {}).map(
      ([reason, value]) => ({ name: "kernel_dropped", labels: { reason }, value }) as const,
    ),
  ];
}
