/** New records as files, at the times that the configuration says: what failed is said once, and tried again each minute. */
import type { CdrConfig } from "@ringfence/policy";
import { DueWork } from "../../due-work.ts";
import type { Log } from "../../logs/logger.ts";
import type { Sample } from "../../metrics/registry.ts";
import type { ExportPlan, ExportReport } from "./export-run.ts";
import type { RunningExport } from "./export-thread.ts";

export interface ExporterOptions {
  readonly log: Log;
  readonly now: () => number;
  /** Arranges for the work to be done later; ends with what it returns. */
  readonly later: (ms: number, work: () => void) => () => void;
  readonly run: (plan: ExportPlan, now: number) => RunningExport;
  readonly onRun: (result: "written" | "nothing-new" | "failed") => void;
}

export interface ExportTerms {
  readonly cdr: CdrConfig;
  /** Where relative paths begin. */
  readonly folderOf: (path: string) => string;
}

export class RecordExporter {
  readonly #options: ExporterOptions;
  readonly #work: DueWork<ExportReport>;
  #terms: ExportTerms | undefined;

  constructor(options: ExporterOptions) {
    this.#options = options;
    const { now, later } = options;
    this.#work = new DueWork({
      now,
      later,
      run: (due) => this.#run(due),
      onDone: (report, recovered) => this.#done(report, recovered),
      onFailed: (why, first) => this.#failed(why, first),
    });
  }

  apply(terms: ExportTerms): void {
    this.#terms = terms;
    this.#work.apply(terms.cdr.export?.everyMs);
  }

  samples(): readonly Sample[] {
    const { lastAt } = this.#work;
    const age = lastAt === undefined ? -1 : (this.#options.now() - lastAt) / 1_000;
    return [{ name: "record_export_age_seconds", value: age }];
  }

  warnings(): readonly string[] {
    const { failing } = this.#work;
    if (failing === undefined) return [];
    return [`records of calls are not exported: ${failing}; it is tried again each minute`];
  }

  stop(): Promise<void> {
    return this.#work.stop();
  }

  #run(due: number): RunningExport {
    const { now, run } = this.#options;
    const wanted = this.#terms?.cdr.export;
    if (this.#terms === undefined || wanted === undefined) throw new Error("there is nothing to export");
    const { to, format, encryptTo, keepMs } = wanted;
    return run({ folder: this.#terms.folderOf(to), format, encryptTo, keepMs, due }, now());
  }

  #done({ at, file, rows, missed, removed }: ExportReport, recovered: boolean): number {
    const { log, onRun } = this.#options;
    onRun(file === undefined ? "nothing-new" : "written");
    if (recovered) log.line("info", { event: "export", reason: "written-again" });
    if (missed > 0) {
      const detail = `${missed} rows were dropped for their age before they were exported`;
      log.line("warn", { event: "export", reason: "missed", detail });
    }
    if (file !== undefined || removed > 0) {
      const detail = `${rows} rows in ${file ?? "no file"}${removed === 0 ? "" : `, ${removed} old files removed`}`;
      log.line("info", { event: "export", reason: "written", detail });
    }
    return at;
  }

  #failed(why: string, first: boolean): void {
    const { log, onRun } = this.#options;
    onRun("failed");
    if (first) log.line("error", { event: "export", reason: "not-written", detail: why });
  }
}
