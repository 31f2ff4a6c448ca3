/** The numbers of now, as the console begins with them. */
import type { Overview } from "@ringfence/admin";
import type { Console } from "./admin-parts.ts";

export function overviewOf({ status, health, history, openAlerts }: Console): Overview {
  const now = status();
  const problems = [...health.problems()];
  const { quality } = now.media;
  return {
    at: Date.now(),
    version: now.version,
    demo: now.demo,
    uptimeSeconds: now.uptimeSeconds,
    draining: now.draining,
    healthy: problems.length === 0 && health.notReady().length === 0,
    problems: [...problems, ...health.notReady()],
    warnings: [...now.warnings],
    inShadow: [...now.inShadow],
    config: {
      file: now.config.file,
      generation: now.config.generation,
      confirmUntil: momentOf(now.config.confirmUntil),
      lastReload: lastReload(now.config.lastReload),
    },
    calls: now.calls,
    registrations: now.registrations,
    connections: now.connections,
    bans: { ...now.defence.bans },
    suspended: now.suspended.length,
    trust: { ...now.defence.trust },
    openAlerts: openAlerts(),
    attemptsPerSecond: history.last("attempts") ?? 0,
    refusedPerSecond: history.last("refused") ?? 0,
    load: {
      level: now.defence.load.level,
      lagMs: now.defence.load.lagMs,
      busy: now.defence.load.busy,
      fill: now.defence.load.fill,
    },
    pbx: { ...now.pbx, nodes: [...now.pbx.nodes] },
    trunks: now.trunks.map(({ name, calls, hosts }) => {
      return { name, calls, up: hosts.filter(({ state }) => state === "up").length, hosts: hosts.length };
    }),
    quality: {
      oneWay: quality.now["one-way"],
      silent: quality.now.silent,
      poor: quality.now.poor,
      mos: history.last("mos"),
    },
    media: {
      engine: now.media.engine,
      calls: now.media.calls,
      portsInUse: now.media.portsInUse,
      portsFree: now.media.portsFree,
    },
  };
}

function lastReload(report: { readonly at: string; readonly outcome: "applied" | "unchanged" | "refused" } | null) {
  return report === null ? null : { at: Date.parse(report.at), outcome: report.outcome };
}

/** ISO 8601 to milliseconds since 1970. */
export function momentOf(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}
