/** What is wrong with a configuration, for a page that shows it beside the line. */
import type { ConfigProblem } from "@ringfence/admin";
import { type ConfigIssue, RingfenceError } from "@ringfence/policy";
import { ConfigError } from "../failures.ts";
import type { Loaded } from "../loading.ts";

/** @throws the error itself when it says nothing about a configuration */
export function problemsOf(error: unknown): ConfigProblem[] {
  if (error instanceof ConfigError) return error.issues.map(problemOf);
  if (!(error instanceof RingfenceError)) throw error;
  const { code, message, remedy } = error;
  return [{ severity: "error", code, path: "", line: 0, column: 0, message, remedy }];
}

/** Those with a line, and then what its certificates and secrets are warned about. */
export function warningsOf({ file, warnings }: Pick<Loaded, "file" | "warnings">): ConfigProblem[] {
  const nowhere = { severity: "warning", code: "", path: "", line: 0, column: 0, remedy: "" } as const;
  const others = warnings.slice(file.warnings.length);
  return [...file.warnings.map(problemOf), ...others.map((message) => ({ ...nowhere, message }))];
}

function problemOf({ severity, code, path, line, column, message, remedy }: ConfigIssue): ConfigProblem {
  return { severity, code, path, line, column, message, remedy };
}
