import { z } from "zod";
import { parseDuration } from "./duration.ts";
import { splitHostPort } from "./endpoint.ts";
import { choice, type LeafReading, quoted, written } from "./leaf.ts";
import {
  type LogFilesConfig,
  type LogLevelSetting,
  type LogsConfig,
  logAreas,
  logLevels,
  type SyslogConfig,
  type SyslogFacility,
  type SyslogTarget,
  syslogFacilities,
} from "./logs-config.ts";
import { size } from "./size.ts";
import { label, path } from "./text.ts";

const DAY = 86_400_000;
const mostFiles = 10_000;
const mostDays = 3_650;

const levelKeys = ["default", ...logAreas] as const;
const levelRemedy = `use ${logLevels.join(", ")}, or a map by area: { default: info, trunk: debug }`;

/** A word for all, or a map by area. */
function level() {
  return z
    .unknown()
    .transform((value, context): LogLevelSetting => {
      const refuse = (path: string[], code: string, message: string, remedy = levelRemedy): never => {
        context.addIssue({ code: "custom", message, path, params: { code, remedy } });
        return z.NEVER;
      };
      if (typeof value === "string") return isLevel(value) ? value : refuse([], "bad-value", notALevel(value));
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return refuse([], "wrong-type", "is no level");
      }
      for (const [area, word] of Object.entries(value)) {
        const known = `known here: ${levelKeys.join(", ")}`;
        if (!isOneOf(levelKeys, area)) return refuse([area], "unknown-key", `no area ${quoted(area)} exists`, known);
        if (typeof word !== "string") return refuse([area], "wrong-type", "is no level");
        if (!isLevel(word)) return refuse([area], "bad-value", notALevel(word));
      }
      return { default: "info", ...value };
    })
    .meta({
      kind: `${logLevels.map((word) => `\`${word}\``).join(", ")}, or a map by area`,
      anyOf: [
        { enum: logLevels },
        {
          type: "object",
          properties: Object.fromEntries(levelKeys.map((key) => [key, { enum: logLevels }])),
          additionalProperties: false,
        },
      ],
    });
}

function notALevel(word: string): string {
  return `is ${quoted(word)}, which is not one of the words known here`;
}

function isOneOf<T extends string>(words: readonly T[], text: string): text is T {
  return words.some((word) => word === text);
}

const isLevel = (text: string) => isOneOf(logLevels, text);

/** A number of files, or an age: 14, 30d. */
function keep() {
  return z
    .union([z.number(), z.string()])
    .transform((value, context): LogFilesConfig["keep"] => {
      const ageMs = typeof value === "string" ? parseDuration(value) : undefined;
      if (ageMs !== undefined && ageMs >= DAY && ageMs <= mostDays * DAY) return { ageMs };
      if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= mostFiles) return { files: Number(value) };
      const params = { code: "bad-format", remedy: `write how many files, 1 to ${mostFiles}, or an age: 30d` };
      context.addIssue({ code: "custom", message: `is ${quoted(String(value))}`, params });
      return z.NEVER;
    })
    .meta({ kind: "number of files, or an age such as `30d`" });
}

/** RFC 5425 §4.1, RFC 5426 §3.3; TCP has no port of its own (RFC 6587): most collectors use that of UDP. */
const ports = { tls: 6514, tcp: 514, udp: 514 } as const;

/** `tls://siem.example.com:6514`, `tcp://10.0.0.9`, `udp://[2001:db8::9]:514`. */
function syslogUrl() {
  return written({ kind: "tls://, tcp:// or udp:// HOST:PORT" }, (text): LeafReading<SyslogTarget> => {
    for (const transport of ["tls", "tcp", "udp"] as const) {
      const prefix = `${transport}://`;
      const place = text.startsWith(prefix) ? splitHostPort(text.slice(prefix.length)) : undefined;
      if (place === undefined || place.port === 0) continue;
      return { value: { transport, host: place.host, port: place.port ?? ports[transport] } };
    }
    return { problem: `is ${quoted(text)}, which is no collector`, remedy: "write tls://siem.example.com:6514" };
  });
}

const files = z
  .strictObject({
    path: path().meta({ description: "Folder of the files; it is made where it is missing." }),
    max_size: size("100kB", "10GB").prefault("100MB").meta({
      description: "A file that is so large is put aside, and so is that of yesterday (UTC).",
    }),
    keep: keep().prefault(14).meta({
      description: "How many files that were put aside are kept, or how long each is.",
    }),
  })
  .transform(({ path: folder, max_size, keep: kept }): LogFilesConfig => {
    return { path: folder, maxSize: max_size, keep: kept };
  })
  .optional();

const syslog = z
  .strictObject({
    url: syslogUrl().meta({
      description:
        "The collector. Without a port: 6514 for tls (RFC 5425), else 514. Only tls keeps lines to yourselves.",
    }),
    ca: path().optional().meta({
      description: "PEM file of the authorities that may sign the collector's certificate. Without it: the system's.",
    }),
    certificate: label().optional().meta({ description: "Name in `certificates`, shown to the collector." }),
    format: choice(["rfc5424", "cef"]).prefault("rfc5424").meta({
      description: "`rfc5424`: fields as structured data. `cef`: the message is in the Common Event Format.",
    }),
    facility: choice(Object.keys(syslogFacilities) as SyslogFacility[])
      .prefault("local0")
      .meta({ description: "Under which the collector files it." }),
    spool: size("1MB", "100GB").prefault("64MB").meta({
      description:
        "Room in the state folder for what the collector has not taken. When it is full, what is new is lost and counted.",
    }),
  })
  .transform((value): SyslogConfig => ({ ...value, ca: value.ca, certificate: value.certificate }))
  .optional();

export const logsSection = z
  .strictObject({
    level: level().prefault("info").meta({
      description:
        "The least that is written. By area: `{ default: info, trunk: debug }`. `./ringfence log` changes it for a while.",
    }),
    mask: choice(["numbers", "users", "addresses", "off"]).prefault("numbers").meta({
      description:
        "What is made unreadable: `numbers`; `users`: also names; `addresses`: also IP addresses; `off`: nothing.",
    }),
    files,
    syslog,
    sip_trace: choice(["off", "summary", "full"]).prefault("off").meta({
      description:
        "A line `sip` for every message: `summary`: who, what, and what its SDP says; `full`: with the message, masked. For hours, not for days.",
    }),
  })
  .prefault({})
  .transform(({ level: levels, mask, sip_trace: sipTrace, ...rest }): LogsConfig => {
    return { level: levels, mask, files: rest.files, syslog: rest.syslog, sipTrace };
  })
  .meta({
    description: "The log: on standard output, and in files and at a collector where wanted. See docs/logs.md.",
  });
