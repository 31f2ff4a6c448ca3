/** Point 9: what a flood meets. */
import type { Check, Point } from "../check.ts";
import type { AuditFacts } from "./facts.ts";

/** Octets a socket may hold: a burst of a tenth of a second at 50,000 packets of 200 octets. */
const leastBuffer = 1_000_000;
const leastBacklog = 1_000;
const leastConntrack = 65_536;
const leastFiles = 8_192;
const mostConnections = 1_000;

export const overload: Point<AuditFacts> = {
  number: 9,
  name: "Floods",
  checks: [
    {
      id: "floods-shadow",
      severity: "critical",
      title: "Rates and bans are acted on",
      fix: "Write mode: enforce.",
      where: "defence.mode",
      look: ({ config }) =>
        config.defence.mode === "enforce" ? [] : ["defence.mode is shadow: nothing is refused, whatever comes"],
    },
    {
      id: "floods-trust",
      severity: "medium",
      title: "Phones that behave are served first under load",
      fix: "Remove `trust: off`.",
      where: "defence.trust",
      look: ({ config }) => (config.defence.trust === "promote" ? [] : ["defence.trust is off"]),
    },
    {
      id: "floods-connections",
      severity: "low",
      title: "One source holds only so many connections",
      fix: "Leave defence.source.connections at its default.",
      where: "defence.source.connections",
      look: ({ config }) => {
        const { connections } = config.defence.source;
        return connections <= mostConnections ? [] : [`one source may hold ${connections} connections`];
      },
    },
    atLeast("floods-buffer", "medium", "The kernel gives sockets room for a burst", "net.core.rmem_max", leastBuffer),
    atLeast("floods-backlog", "low", "The kernel's queue takes a burst", "net.core.netdev_max_backlog", leastBacklog),
    atLeast("floods-accept", "low", "The queue of new connections is long", "net.core.somaxconn", leastBacklog),
    atLeast(
      "floods-conntrack",
      "medium",
      "The kernel can follow as many flows as calls make",
      "net.netfilter.nf_conntrack_max",
      leastConntrack,
    ),
    {
      id: "floods-syn-cookies",
      severity: "medium",
      title: "Half-open connections cost nothing",
      fix: "sysctl -w net.ipv4.tcp_syncookies=1, and deploy/sysctl to keep it.",
      where: "deploy/sysctl",
      look: ({ machine }) => {
        const value = machine?.sysctl.get("net.ipv4.tcp_syncookies");
        if (value === undefined) return undefined;
        return value > 0 ? [] : ["net.ipv4.tcp_syncookies is 0"];
      },
    },
    {
      id: "floods-files",
      severity: "medium",
      title: "Ringfence may open as many files as it has ports and connections",
      fix: "Set LimitNOFILE=65536 in the unit, as deploy/systemd does.",
      where: "deploy/systemd",
      look: ({ running }) => {
        if (running === undefined) return undefined;
        return running.openFiles >= leastFiles ? [] : [`it may open ${running.openFiles} files`];
      },
    },
  ],
};

function atLeast(
  id: string,
  severity: "medium" | "low",
  title: string,
  name: string,
  least: number,
): Check<AuditFacts> {
  return {
    id,
    severity,
    title,
    fix: `sysctl -w ${name}=${least} or more, and deploy/sysctl to keep it.`,
    where: "deploy/sysctl",
    look: ({ machine }) => {
      const value = machine?.sysctl.get(name);
      if (value === undefined) return undefined;
      return value >= least ? [] : [`${name} is ${value}`];
    },
  };
}
