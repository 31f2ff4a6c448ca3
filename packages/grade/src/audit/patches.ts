/** Point 8: what is old. */
import type { Point } from "../check.ts";
import type { AuditFacts } from "./facts.ts";
import { asOf, endedOn, knownHole } from "./runtimes.ts";

const day = 86_400_000;
/** Lists of packages are fetched once a day where somebody fetches them at all. */
const oldLists = 7 * day;
const upgrade = "apt-get update && apt-get upgrade, in the window of docs/upgrade.md.";

export const patches: Point<AuditFacts> = {
  number: 8,
  name: "Patches",
  checks: [
    {
      id: "patches-vulnerable",
      severity: "high",
      title: `The runtime has no hole that is known (list of ${asOf})`,
      fix: "The next version of Ringfence brings the repaired runtime: install it. docs/hardening.md says what of the hole reaches Ringfence.",
      where: "docs/hardening.md",
      look: ({ runtime, running }) =>
        [...new Set([runtime.node, ...(running === undefined ? [] : [running.node])])].flatMap((version) => {
          const hole = knownHole(version);
          return hole === undefined ? [] : [`Node ${version} has ${hole}`];
        }),
    },
    {
      id: "patches-ended",
      severity: "high",
      title: "Holes of the runtime are still repaired",
      fix: "Install the next version of Ringfence: it brings its runtime with it.",
      where: "docs/upgrade.md",
      look: ({ runtime, now }) => {
        const ended = endedOn(runtime.node, now);
        return ended === undefined ? [] : [`repairs of Node ${runtime.node} ended ${ended}`];
      },
    },
    {
      id: "patches-security",
      severity: "high",
      title: "No security update of the system waits",
      fix: upgrade,
      where: "apt-get upgrade",
      site: true,
      look: ({ machine }) =>
        machine?.updates === undefined ? undefined : waiting(machine.updates.security, "security updates wait"),
    },
    {
      id: "patches-openssl",
      severity: "high",
      title: "No update of the system's OpenSSL waits",
      fix: upgrade,
      where: "apt-get upgrade",
      site: true,
      look: ({ machine }) => machine?.updates?.openssl.map((line) => `${line} waits`),
    },
    {
      id: "patches-pending",
      severity: "low",
      title: "No update of the system waits",
      fix: upgrade,
      where: "apt-get upgrade",
      site: true,
      look: ({ machine }) =>
        machine?.updates === undefined ? undefined : waiting(machine.updates.pending, "updates wait"),
    },
    {
      id: "patches-lists",
      severity: "medium",
      title: "Somebody asks for updates",
      fix: "apt-get update; unattended-upgrades does it every day.",
      where: "apt-get update",
      site: true,
      look: ({ machine, now }) => {
        if (machine?.updates === undefined) return undefined;
        const { listed } = machine.updates;
        if (listed === undefined) return ["no list of packages was ever fetched: what waits is not known"];
        return now - listed > oldLists ? [`the list of packages is ${Math.floor((now - listed) / day)} days old`] : [];
      },
    },
    {
      id: "patches-unattended",
      severity: "medium",
      title: "Security updates are put in by themselves",
      fix: "apt-get install unattended-upgrades.",
      where: "unattended-upgrades",
      site: true,
      look: ({ machine }) => {
        if (machine?.updates === undefined) return undefined;
        return machine.updates.unattended ? [] : ["unattended-upgrades is not installed or not switched on"];
      },
    },
    {
      id: "patches-reboot",
      severity: "low",
      title: "No update waits for a restart of the machine",
      fix: "Restart the machine in the window of docs/upgrade.md.",
      where: "reboot",
      site: true,
      look: ({ machine }) =>
        machine === undefined ? undefined : machine.needsRestart ? ["/run/reboot-required is there"] : [],
    },
    {
      id: "patches-runtime",
      severity: "high",
      title: "Ringfence runs on the runtime it was made for",
      fix: "Restart it: the one that is installed is newer than the one that runs.",
      where: "./ringfence drain",
      look: ({ running, runtime }) => {
        if (running === undefined) return undefined;
        return running.node === runtime.node
          ? []
          : [`it runs on Node ${running.node}, and ${runtime.node} is installed`];
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

function waiting(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${what}`];
}
