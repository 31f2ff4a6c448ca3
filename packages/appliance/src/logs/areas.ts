/** Which area of the log an event belongs to. Closed: docs/logs.md lists the same, and a test finds every event of the code here. */
import type { LogArea } from "@ringfence/policy";

export const eventsOf = {
  signalling: ["request", "malformed", "connection", "listener", "sip", "bug"],
  registration: ["registration"],
  call: ["call"],
  policy: ["refused", "shadow", "in-shadow", "fraud"],
  defence: ["ban", "overload", "kernel"],
  trunk: ["trunk", "identity"],
  pbx: ["pbx"],
  media: [
    "rtp.latched",
    "rtp.foreign_source",
    "rtp.unauthentic",
    "rtp.one_way",
    "rtp.silent",
    "rtp.poor",
    "rtp.inactive",
    "media.refused",
    "media.bind_failed",
    "media.transport_failed",
    "media.engine_lost",
    "media.bug",
    "media.instance",
    "media.instance_problem",
  ],
  config: ["config", "reload", "history", "secret"],
  records: ["records", "export", "store", "backup"],
  admin: ["audit", "audit-trail", "admin"],
  process: [
    "ready",
    "stopped",
    "drain",
    "not-announced",
    "supervisor",
    "log-file",
    "syslog",
    "capture",
    "alert",
    "alert-delivery",
    "fatal",
  ],
} as const satisfies Record<LogArea, readonly string[]>;

const areas: ReadonlyMap<string, LogArea> = new Map(
  Object.entries(eventsOf).flatMap(([area, events]) => events.map((event) => [event, area as LogArea] as const)),
);

/** What nobody has given an area is about the process. */
export function areaOf(event: string): LogArea {
  return areas.get(event) ?? "process";
}
