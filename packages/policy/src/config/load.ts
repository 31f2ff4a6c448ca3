import type { ConfigIssue } from "../issue.ts";
import { checkSections } from "./check/check-sections.ts";
import type { Config } from "./config.ts";
import { fileSchema, readSections } from "./schema.ts";
import { shapeFindings } from "./shape-findings.ts";
import { bindTrunks, type Interfaces } from "./trunk-interface.ts";
import { type Finding, type PathStep, readYaml, type YamlFile } from "./yaml-document.ts";

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly ConfigIssue[] }
  | { readonly ok: false; readonly issues: readonly ConfigIssue[] };

/**
 * Text of a configuration file to a whole configuration, or to every problem at once, in the order of the file. Checks
 * between sections run on those sections that are right in themselves. Never throws for anything in the text.
 * @param interfaces of the machine that is to serve; without them trunks that are bound to one have no sockets yet
 */
export function loadConfig(text: string, interfaces?: Interfaces): LoadedConfig {
  const file = readYaml(text);
  const readable = file.value !== undefined;
  // An empty file is an empty map: it then says which keys are missing.
  const value = file.value ?? {};
  const result = fileSchema.safeParse(value);
  const read: Partial<Config> = result.success ? result.data : readSections(asRecord(value));
  const shape = result.success || !readable ? [] : shapeFindings(result.error.issues, value);
  const { trunks, findings } = bindTrunks(read.trunks ?? [], interfaces);
  const checks = readable
    ? [...findings, ...checkSections(read.trunks === undefined ? read : { ...read, trunks })]
    : [];
  const issues = [...file.findings, ...shape, ...checks].map((finding) => toIssue(file, finding)).sort(byPlace);
  if (!result.success || issues.some((issue) => issue.severity === "error")) return { ok: false, issues };
  return { ok: true, config: { ...result.data, trunks }, warnings: issues };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function toIssue(file: YamlFile, finding: Finding): ConfigIssue {
  const { code, severity, message, remedy, path } = finding;
  const part = code === "unknown-key" || code === "not-supported-yet" ? "key" : "value";
  const { line, column } = finding.place ?? file.locate(path, part);
  return { code, path: pathText(path), line, column, message, remedy, severity };
}

function pathText(path: readonly PathStep[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

function byPlace(a: ConfigIssue, b: ConfigIssue): number {
  return a.line - b.line || a.column - b.column;
}
