/** Point 6: whether somebody can find out afterwards, and what the log gives away. */
import type { Point } from "../check.ts";
import type { AuditFacts } from "./facts.ts";

/** Octets. */
const mostLogs = 50_000_000_000;

export const logging: Point<AuditFacts> = {
  number: 6,
  name: "Logs and records",
  checks: [
    {
      id: "logs-central",
      severity: "high",
      title: "The log goes to another machine",
      fix: "Write syslog: { url: tls://COLLECTOR:6514 }: who breaks in here cannot change it there.",
      where: "logs.syslog",
      site: true,
      look: ({ config }) => (config.logs.syslog === undefined ? ["logs.syslog is not set"] : []),
    },
    {
      id: "logs-central-tls",
      severity: "medium",
      title: "It goes there encrypted",
      fix: "Write tls:// in its url (RFC 5425).",
      where: "logs.syslog.url",
      site: true,
      look: ({ config: { logs } }) =>
        logs.syslog === undefined
          ? undefined
          : logs.syslog.url.transport === "tls"
            ? []
            : [`the log goes to ${logs.syslog.url.host} over ${logs.syslog.url.transport}`],
    },
    {
      id: "logs-rotated",
      severity: "low",
      title: "The log takes a part of the disk, and not all of it",
      fix: "Write a smaller max_size, or keep fewer.",
      where: "logs.files",
      look: ({ config: { logs } }) => {
        if (logs.files === undefined || !("files" in logs.files.keep)) return undefined;
        const most = logs.files.maxSize * (logs.files.keep.files + 1);
        return most <= mostLogs ? [] : [`files of the log may take ${Math.round(most / 1e9)} GB`];
      },
    },
    {
      id: "logs-mask",
      severity: "medium",
      title: "Numbers of people outside are hidden in the log",
      fix: "Remove `mask: off`.",
      where: "logs.mask",
      look: ({ config }) => (config.logs.mask === "off" ? ["logs.mask is off"] : []),
    },
    {
      id: "logs-trace",
      severity: "low",
      title: "Whole messages are not kept in the log",
      fix: "Write sip_trace: off; ./ringfence trace shows them while they are needed.",
      where: "logs.sip_trace",
      look: ({ config }) => (config.logs.sipTrace === "full" ? ["logs.sip_trace is full"] : []),
    },
    {
      id: "logs-records",
      severity: "medium",
      title: "Calls are recorded",
      fix: "Write store: sqlite: a bill that is disputed needs rows.",
      where: "cdr.store",
      look: ({ config }) => (config.cdr.store === "off" ? ["cdr.store is off"] : []),
    },
    {
      id: "logs-export-encrypted",
      severity: "medium",
      title: "Records that leave are encrypted",
      fix: "Write encrypt_to: [age1...].",
      where: "cdr.export.encrypt_to",
      look: ({ config: { cdr } }) => {
        if (cdr.export === undefined) return undefined;
        return cdr.export.encryptTo.length === 0 ? [`rows go to ${cdr.export.to} in clear`] : [];
      },
    },
    {
      id: "logs-capture",
      severity: "medium",
      title: "Captures that leave are encrypted or masked",
      fix: "Write hep: tls://..., or mask: true.",
      where: "capture",
      look: ({ config: { capture } }) => {
        if (capture.hep === undefined) return undefined;
        const { transport, host } = capture.hep;
        return transport === "tls" || capture.mask ? [] : [`whole messages go to ${host} over ${transport}`];
      },
    },
  ],
};
