/** New records as files, at the times that the configuration says: what failed is said once, and tried again each minute. */
import type { CdrConfig } from "@ringfence/policy";
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

const TRY_AGAIN = 60_000;
/** A timer takes no month, and clocks are set. */
const LOOK_AGAIN = 3_600_000;
/** A start has more urgent things to do. */
const AT_START = 5_000;

export class RecordExporter {
  readonly #options: ExporterOptions;
  #terms: ExportTerms | undefined;
  #cancel = (): void => undefined;
  #running: RunningExport | undefined;
  #lastAt: number | undefined;
  #failing: string | undefined;

  constructor(options: ExporterOptions) {
    this.#options = options;
  }

  apply(terms: ExportTerms): void {
    this.#terms = terms;
    if (terms.cdr.export === undefined) this.#failing = undefined;
    this.#wait(AT_START);
  }

  samples(): readonly Sample[] {
    const age = this.#lastAt === undefined ? -1 : (this.#options.now() - this.#lastAt) / 1_000;
    return [{ name: "record_export_age_seconds", value: age }];
  }

  warnings(): readonly string[] {
    if (this.#failing === undefined) return [];
    return [`records of calls are not exported: ${this.#failing}; it is tried again each minute`];
  }

  async stop(): Promise<void> {
    this.#terms = undefined;
    this.#cancel();
    await this.#running?.stop();
  }

  #wait(ms: number): void {
    this.#cancel();
    this.#cancel = this.#options.later(ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    const wanted = this.#terms?.cdr.export;
    if (this.#terms === undefined || wanted === undefined || this.#running !== undefined) return;
    const { now, run } = this.#options;
    const { everyMs, to, format, encryptTo, keepMs } = wanted;
    const due = Math.floor(now() / everyMs) * everyMs;
    if (this.#lastAt === undefined || this.#lastAt < due) {
      this.#running = run({ folder: this.#terms.folderOf(to), format, encryptTo, keepMs, due }, now());
      try {
        this.#done(await this.#running.report);
      } catch (error) {
        this.#failed(error instanceof Error ? error.message : String(error));
      }
      this.#running = undefined;
      if (this.#terms === undefined) return;
    }
    const next = Math.floor(now() / everyMs + 1) * everyMs - now();
    this.#wait(this.#failing === undefined ? Math.min(next, LOOK_AGAIN) : TRY_AGAIN);
  }

  #done({ at, file, rows, missed, removed }: ExportReport): void {
    const { log, onRun } = this.#options;
    this.#lastAt = at;
    onRun(file === undefined ? "nothing-new" : "written");
    if (this.#failing !== undefined) log.line("info", { event: "export", reason: "written-again" });
    this.#failing = undefined;
    if (missed > 0) {
      const detail = `${missed} rows were dropped for their age before they were exported`;
      log.line("warn", { event: "export", reason: "missed", detail });
    }
    if (file === undefined && removed === 0) return;
    const detail = `${rows} rows in ${file ?? "no file"}${removed === 0 ? "" : `, ${removed} old files removed`}`;
    log.line("info", { event: "export", reason: "written", detail });
  }

  #failed(why: string): void {
    // Ended by us.
    if (this.#terms === undefined) return;
    const { log, onRun } = this.#options;
    onRun("failed");
    if (this.#failing === undefined) log.line("error", { event: "export", reason: "not-written", detail: why });
    this.#failing = why;
  }
}
