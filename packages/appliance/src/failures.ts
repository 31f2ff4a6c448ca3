/** What ends a command: as an exit code and as lines for a person. */
import type { ConfigIssue, RingfenceError } from "@ringfence/policy";
import { cleanText } from "./logs/clean-text.ts";

/** sysexits.h where it has a number: 70 EX_SOFTWARE, 78 EX_CONFIG. 1: `replay` found a difference. 2: bad usage, a missing file, a taken port. */
export const exitCodes = { ok: 0, differs: 1, refused: 2, bug: 70, badConfig: 78 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A configuration file with at least one error; `file` is its name as the user gave it. */
export class ConfigError extends Error {
  readonly file: string;
  readonly issues: readonly ConfigIssue[];

  constructor(file: string, issues: readonly ConfigIssue[]) {
    const errors = issues.filter((issue) => issue.severity === "error").length;
    super(`${file}: ${errors} ${errors === 1 ? "error" : "errors"}`);
    this.name = "ConfigError";
    this.file = file;
    this.issues = issues;
  }
}

/** What the file says is wrong, though it only shows when something it names is read. */
const badConfigCodes: ReadonlySet<string> = new Set([
  "certificate-bad",
  "trunk-unresolvable",
  "accounts-unreadable",
  "rates-unreadable",
  "geoip-unreadable",
  "secret-missing",
  "secret-weak",
  "reload-needs-restart",
  "native-engine-missing",
  "processor-missing",
]);

/** By its shape: loading the whole policy to name its class would make `--help` wait. */
function isRingfenceError(error: unknown): error is RingfenceError {
  return error instanceof Error && error.name === "RingfenceError" && "code" in error && "remedy" in error;
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof ConfigError) return exitCodes.badConfig;
  if (!isRingfenceError(error)) return exitCodes.bug;
  return badConfigCodes.has(error.code) ? exitCodes.badConfig : exitCodes.refused;
}

/** One line a problem. */
export function describeFailure(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return describeIssues(error, "error");
  if (isRingfenceError(error)) return [sentence(cleanText(error.message), cleanText(error.remedy))];
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [`internal error: ${cleanText(detail)}. This is a fault of Ringfence; please report it`];
}

/** What else the file was warned about. */
export function describeWarnings(error: unknown): readonly string[] {
  return error instanceof ConfigError ? describeIssues(error, "warning") : [];
}

function describeIssues(error: ConfigError, severity: ConfigIssue["severity"]): readonly string[] {
  return error.issues.filter((issue) => issue.severity === severity).map((issue) => describeIssue(error.file, issue));
}

/** `ringfence.yaml:7:5: trunks[0].limits.cps: no such key. Did you mean calls_per_second?` */
export function describeIssue(file: string, issue: ConfigIssue): string {
  const place = `${cleanText(file)}:${issue.line}:${issue.column}`;
  const path = issue.path === "" ? "" : `${cleanText(issue.path)}: `;
  const kind = issue.severity === "warning" ? "warning: " : "";
  return `${place}: ${kind}${path}${sentence(cleanText(issue.message), cleanText(issue.remedy))}`;
}

function sentence(message: string, remedy: string): string {
  if (remedy === "") return message;
  const end = message.endsWith(".") ? message.slice(0, -1) : message;
  return `${end}. ${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}`;
}
