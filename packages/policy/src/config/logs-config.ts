/** What is written, how much of it, and where it goes. */
export const logLevels = ["trace", "debug", "info", "warn", "error"] as const;
export type LogLevelName = (typeof logLevels)[number];

/** What a line of the log is about; each has a level of its own. */
export const logAreas = [
  "signalling",
  "registration",
  "call",
  "policy",
  "defence",
  "trunk",
  "pbx",
  "media",
  "config",
  "records",
  "admin",
  "process",
] as const;
export type LogArea = (typeof logAreas)[number];

/** One for all, or by area: those that are not named have the `default`. */
export type LogLevelSetting =
  | LogLevelName
  | ({ readonly default: LogLevelName } & { readonly [A in LogArea]?: LogLevelName | undefined });

export interface LogFilesConfig {
  /** Path of the folder. */
  readonly path: string;
  /** Octets. */
  readonly maxSize: number;
  /** Files that are full, beside the one that is written. */
  readonly keep: { readonly files: number } | { readonly ageMs: number };
}

export interface SyslogTarget {
  readonly transport: "tls" | "tcp" | "udp";
  /** An address (IPv6 without brackets) or a name, lower case. */
  readonly host: string;
  readonly port: number;
}

export interface SyslogConfig {
  readonly url: SyslogTarget;
  /** Path of a PEM file; undefined: the system's authorities. */
  readonly ca: string | undefined;
  /** Name in `certificates`, shown to the collector. */
  readonly certificate: string | undefined;
  readonly format: "rfc5424" | "cef";
  /** RFC 5424 §6.2.1: a name of the list of facilities. */
  readonly facility: SyslogFacility;
  /** Octets on disk for what the collector has not taken. */
  readonly spool: number;
}

/** Those of RFC 5424 table 1 that a service may use. The number is theirs. */
export const syslogFacilities = {
  daemon: 3,
  auth: 4,
  authpriv: 10,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
} as const;
export type SyslogFacility = keyof typeof syslogFacilities;

export interface LogsConfig {
  readonly level: LogLevelSetting;
  readonly mask: "numbers" | "users" | "addresses" | "off";
  /** Undefined, here and below: none. */
  readonly files: LogFilesConfig | undefined;
  readonly syslog: SyslogConfig | undefined;
  /** `summary`: a line for each message of SIP; `full`: with the message. */
  readonly sipTrace: "off" | "summary" | "full";
}
