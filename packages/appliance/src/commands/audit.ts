/** `ringfence audit`: the hardening checklist as a program, of a file (`--config`) or of the machine that serves (`--host`). */
import { existsSync } from "node:fs";
import { type HardeningReport, hardeningReport } from "@ringfence/admin";
import { auditPoints, type Grade, grade, reportOf, reportText } from "@ringfence/grade";
import { RingfenceError } from "@ringfence/policy";
import type { KnownHere } from "../audit/facts-desk.ts";
import { gatherFacts, type Host, installed } from "../audit/gather.ts";
import { keepReport } from "../audit/kept-report.ts";
import { viewOf } from "../audit/machine-view.ts";
import type { CliContext } from "../cli.ts";
import { findRunning } from "../control/find-running.ts";
import { exitCodeOfGrade, gradeStyle, readSeverity } from "../grade-text.ts";
import { askControl } from "../io/control-client.ts";
import { loadEverything } from "../loading.ts";
import { possibleStateDirs } from "../state-dir.ts";
import type { Status } from "../status.ts";

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
  const wantsHost = options.host === true || options.config === undefined;
  const running = wantsHost ? await askServing(options, context) : undefined;
  const name = options.config ?? running?.status.config.file;
  if (name === undefined) {
    throw new RingfenceError("not-running", "no Ringfence runs here", "Name a configuration: --config FILE.");
  }
  const loaded = await loadEverything(name, environment, async () => ({ cert: "", key: "" }));
  const dirs = possibleStateDirs(loaded.file.config.state.dir, loaded.file.dir, environment);
  const stateDir = dirs.find(existsSync) ?? dirs[0] ?? "";
  const host: Host | undefined = wantsHost ? { stateDir, running, programs: installed, view: viewOf() } : undefined;
  const graded = grade(auditPoints, gatherFacts({ loaded, host, node: process.version }, Date.now()));
  if (running !== undefined) keepReport(stateDir, asKept(graded, environment.userName));
  if (options.json === true) terminal.out(JSON.stringify(reportOf(name, graded, new Date())));
  else {
    for (const line of reportText(`audit of ${name}`, graded, gradeStyle(terminal))) terminal.out(line);
  }
  return exitCodeOfGrade(graded, failOn);
}

/** The console shows it. */
function asKept({ score, points }: Grade, by: string): HardeningReport {
  return hardeningReport.parse({ at: Date.now(), by, score, points });
}

interface Serving {
  readonly status: Status;
  readonly known: KnownHere;
}

async function askServing(options: AuditOptions, { environment }: CliContext): Promise<Serving | undefined> {
  try {
    const { socket } = await findRunning(options.config, environment);
    const { status } = await askControl(socket, { command: "status" }, patience);
    return { status, known: await askControl(socket, { command: "audit-facts" }, patience) };
  } catch (error) {
    // Of several running ones somebody must say which; that none runs is a fact about the machine.
    if (error instanceof RingfenceError && error.code === "not-running") return undefined;
    throw error;
  }
}
