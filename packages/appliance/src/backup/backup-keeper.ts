/** The backups that a running Ringfence makes by itself, and what it knows of all that are there. */

import { type DueOptions, DueWork, type Work } from "../due-work.ts";
import type { Log } from "../logs/logger.ts";
import type { Sample } from "../metrics/registry.ts";
import type { KeptBackup } from "./backup-folder.ts";
import type { LastBackup } from "./backup-notes.ts";
import type { BackupOrder, BackupReport } from "./make-backup.ts";

/** What the configuration in force wants. */
export interface BackupTerms {
  readonly order: Omit<BackupOrder, "now" | "reason">;
  readonly everyMs: number | undefined;
  readonly copy: readonly string[] | undefined;
}

export interface KeeperOptions extends Pick<DueOptions<unknown>, "now" | "later"> {
  readonly log: Log;
  /** Whole ones, the newest first. */
  readonly kept: (folder: string) => readonly KeptBackup[];
  readonly make: (order: BackupOrder) => Work<BackupReport>;
  readonly copyAway: (command: readonly string[], file: string, signal: AbortSignal) => Promise<void>;
  readonly note: (note: Omit<LastBackup, "format">) => void;
  readonly onRun: (result: "written" | "failed") => void;
}

export interface BackupStatus {
  /** ISO 8601; null: there is none. */
  readonly last: string | null;
  readonly kept: number;
  /** In seconds; null: only when somebody asks for one. */
  readonly everySeconds: number | null;
  /** Why the last could not be made or copied; null: it could. */
  readonly failing: string | null;
}

export interface BackupAge {
  /** Since the last; where there is none, since one was wanted. */
  readonly ageMs: number;
  readonly everyMs: number;
}

/** Undefined: it was there already. */
type Made = (Omit<LastBackup, "format"> & Pick<BackupReport, "files" | "removed">) | undefined;

export class BackupKeeper {
  readonly #options: KeeperOptions;
  readonly #work: DueWork<Made>;
  #terms: BackupTerms | undefined;
  #since: number;
  /** Written, and not taken elsewhere yet. */
  #toCopy: Exclude<Made, undefined> | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#since = options.now();
    this.#work = new DueWork({
      now: options.now,
      later: options.later,
      run: (due) => this.#run(due),
      onDone: (made, recovered) => this.#done(made, recovered),
      onFailed: (why, first) => this.#failed(why, first),
    });
  }

  /** @param terms undefined: none is wanted */
  apply(terms: BackupTerms | undefined): void {
    if (this.#terms === undefined) this.#since = this.#options.now();
    this.#terms = terms;
    this.#work.apply(terms?.everyMs);
  }

  /** Null: the configuration wants none. */
  status(): BackupStatus | null {
    if (this.#terms === undefined) return null;
    const kept = this.#kept();
    const last = kept[0] === undefined ? null : new Date(kept[0].at).toISOString();
    const { everyMs } = this.#terms;
    return {
      last,
      kept: kept.length,
      everySeconds: everyMs === undefined ? null : everyMs / 1_000,
      failing: this.#work.failing ?? null,
    };
  }

  samples(): readonly Sample[] {
    const last = this.#kept()[0]?.at;
    const age = last === undefined ? -1 : Math.max(0, this.#options.now() - last) / 1_000;
    return [{ name: "backup_age_seconds", value: age }];
  }

  warnings(): readonly string[] {
    const { failing } = this.#work;
    return failing === undefined ? [] : [`${failing}; it is tried again each minute`];
  }

  /** Undefined: none is to come by itself. */
  age(): BackupAge | undefined {
    const everyMs = this.#terms?.everyMs;
    if (everyMs === undefined) return undefined;
    const last = this.#kept()[0]?.at ?? this.#since;
    return { ageMs: Math.max(0, this.#options.now() - last), everyMs };
  }

  stop(): Promise<void> {
    return this.#work.stop();
  }

  #kept(): readonly KeptBackup[] {
    return this.#terms === undefined ? [] : this.#options.kept(this.#terms.order.folder);
  }

  #run(due: number): Work<Made> {
    const ended = new AbortController();
    const made: { now?: Work<BackupReport> } = {};
    const report = async (): Promise<Made> => {
      const terms = this.#terms;
      if (terms === undefined) return undefined;
      const newest = this.#kept()[0];
      if (this.#toCopy === undefined && (newest === undefined || newest.at < due)) {
        made.now = this.#options.make({ ...terms.order, reason: "timer", now: this.#options.now() });
        const { file, at, size, files, removed } = await made.now.report;
        this.#toCopy = { at, file, size, keys: terms.order.encryptTo.length, copied: null, files, removed };
        this.#options.note(noteOf(this.#toCopy));
      }
      return this.#copy(terms.copy, ended.signal);
    };
    return {
      report: report(),
      async stop() {
        ended.abort();
        await made.now?.stop();
      },
    };
  }

  async #copy(command: readonly string[] | undefined, signal: AbortSignal): Promise<Made> {
    const waiting = this.#toCopy;
    if (waiting === undefined) return undefined;
    if (command !== undefined) await this.#options.copyAway(command, waiting.file, signal);
    this.#toCopy = undefined;
    if (command === undefined) return waiting;
    const copied = { ...waiting, copied: this.#options.now() };
    this.#options.note(noteOf(copied));
    return copied;
  }

  #done(made: Made, recovered: boolean): number {
    const { log, onRun, now } = this.#options;
    if (recovered) log.line("info", { event: "backup", reason: "written-again" });
    if (made === undefined) return this.#kept()[0]?.at ?? now();
    onRun("written");
    const { file, files, size, copied, removed } = made;
    const taken = copied === null ? "" : ", copied";
    const gone = removed.length === 0 ? "" : `, ${removed.length} old ones removed`;
    log.line("info", {
      event: "backup",
      reason: "written",
      detail: `${file}: ${files} files, ${size} octets${taken}${gone}`,
    });
    return made.at;
  }

  #failed(why: string, first: boolean): void {
    this.#options.onRun("failed");
    if (first) this.#options.log.line("error", { event: "backup", reason: "not-written", detail: why });
  }
}

function noteOf({ at, file, size, keys, copied }: Exclude<Made, undefined>): Omit<LastBackup, "format"> {
  return { at, file, size, keys, copied };
}
