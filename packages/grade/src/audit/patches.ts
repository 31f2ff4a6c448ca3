/** Point 8: what is old. */
import type { Point } from "../check.ts";
import type { AuditFacts } from "./facts.ts";

export const patches: Point<AuditFacts> = {
  number: 8,
  name: "Patches",
  checks: [
    {
      id: "patches-security",
      severity: "high",
      title: "No security update of the system waits",
      fix: "apt-get update && apt-get upgrade, in the window of docs/upgrade.md.",
      where: "apt-get upgrade",
      look: ({ machine }) => {
        const updates = machine?.updates;
        if (updates === undefined) return undefined;
        return updates.security === 0 ? [] : [`${updates.security} security updates wait`];
      },
    },
    {
      id: "patches-pending",
      severity: "low",
      title: "No update of the system waits",
      fix: "apt-get update && apt-get upgrade, in the window of docs/upgrade.md.",
      where: "apt-get upgrade",
      look: ({ machine }) => {
        const updates = machine?.updates;
        if (updates === undefined) return undefined;
        return updates.pending === 0 ? [] : [`${updates.pending} updates wait`];
      },
    },
    {
      id: "patches-unattended",
      severity: "medium",
      title: "Security updates are put in by themselves",
      fix: "apt-get install unattended-upgrades.",
      where: "unattended-upgrades",
      look: ({ machine }) => {
        const updates = machine?.updates;
        if (updates === undefined) return undefined;
        return updates.unattended ? [] : ["unattended-upgrades is not installed or not switched on"];
      },
    },
    {
      id: "patches-runtime",
      severity: "high",
      title: "Ringfence runs on the runtime it was made for",
      fix: "Restart it: the one that is installed is newer than the one that runs.",
      where: "./ringfence drain",
      look: ({ running }) => {
        if (running === undefined) return undefined;
        const { node, nodeWanted } = running;
        return node === nodeWanted ? [] : [`it runs on Node ${node}, and ${nodeWanted} is installed`];
      },
    },
    {
      id: "patches-restart",
      severity: "medium",
      title: "The version that runs is the one that is installed",
      fix: "Restart it: drain first, and calls end by themselves.",
      where: "./ringfence drain",
      look: ({ running }) => {
        if (running === undefined) return undefined;
        const { version, versionHere } = running;
        return version === versionHere ? [] : [`version ${version} runs, and ${versionHere} is installed`];
      },
    },
  ],
};
