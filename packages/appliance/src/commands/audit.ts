/** `ringfence audit`: the hardening checklist as a program, of a file (`--config`) or of the machine that serves (`--host`). */
import { auditPoints, grade, reportOf, reportText } from "@ringfence/grade";
import { RingfenceError } from "@ringfence/policy";
import { gatherFacts } from "../audit/gather.ts";
import { runningFacts } from "../audit/running-facts.ts";
import type { CliContext } from "../cli.ts";
import { findRunning } from "../control/find-running.ts";
import { exitCodeOfGrade, gradeStyle, readSeverity } from "../grade-text.ts";
import { askControl } from "../io/control-client.ts";
import { loadEverything } from "../loading.ts";
import { possibleStateDirs } from "../state-dir.ts";

export interface AuditOptions {
  readonly config?: string;
  readonly host?: boolean;
  readonly json?: boolean;
  readonly failOn?: string;
}

const patience = 5_000;

/** @throws ConfigError, RingfenceError */
export async function audit(options: AuditOptions, context: CliContext): Promise<number> {
  const failOn = readSeverity(options.failOn ?? "high");
  const { environment, terminal } = context;
  const status = options.host === true || options.config === undefined ? await statusOf(options, context) : undefined;
  const name = options.config ?? status?.config.file;
  if (name === undefined) {
    throw new RingfenceError("not-running", "no Ringfence runs here", "Name a configuration: --config FILE.");
  }
  const loaded = await loadEverything(name, environment, async () => ({ cert: "", key: "" }));
  const [stateDir] = possibleStateDirs(loaded.file.config.state.dir, loaded.file.dir, environment);
  const wantsHost = options.host === true || options.config === undefined;
  const host = wantsHost
    ? { stateDir: stateDir ?? "", running: status === undefined ? undefined : runningFacts(status) }
    : undefined;
  const graded = grade(auditPoints, gatherFacts({ loaded, host }, Date.now()));
  if (options.json === true) terminal.out(JSON.stringify(reportOf(name, graded, new Date())));
  else {
    for (const line of reportText(`audit of ${name}`, graded, gradeStyle(terminal))) terminal.out(line);
  }
  return exitCodeOfGrade(graded, failOn);
}

async function statusOf(options: AuditOptions, { environment }: CliContext) {
  try {
    const { socket } = await findRunning(options.config, environment);
    return (await askControl(socket, { command: "status" }, patience)).status;
  } catch (error) {
    // Of several running ones somebody must say which; that none runs is a fact about the machine.
    if (error instanceof RingfenceError && error.code === "not-running") return undefined;
    throw error;
  }
}
