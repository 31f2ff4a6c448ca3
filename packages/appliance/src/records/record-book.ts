/** The book of calls of a running Ringfence: rows as they come, old ones dropped, its head said once a day. */
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EdgeEvent, Look } from "@ringfence/edge";
import type { CdrConfig } from "@ringfence/policy";
import { type NewRecord, openRecordFile, type RecordFile, type StoredRecord } from "@ringfence/store";
import type { Attendant } from "../attendants.ts";
import type { Loaded } from "../loading.ts";
import type { Log } from "../logs/logger.ts";
import { refuseNewer } from "../newer-state.ts";
import { recordOf } from "./call-record.ts";
import { type RecordItems, type RecordSearch, searchRecords } from "./record-desk.ts";
import { RecordKeeper } from "./record-keeper.ts";
import { type CallKeeper, owedRows, StandingCalls } from "./standing-calls.ts";

const WRITE_EVERY = 1_000;
const LOOK_EVERY = 1_000;
const TIDY_EVERY = 86_400_000;

export const recordsFile = (stateDir: string): string => join(stateDir, "records.db");

export interface RecordBook extends Attendant {
  /** Which calls are up, and since when: asked once a second about those that were begun. */
  watch(look: Pick<Look, "call">): void;
  /** Takes what is the end of a call, and leaves the rest. */
  take(event: EdgeEvent): void;
  /** What waits is written first, so that a call that has just ended is found. Nothing where nothing is kept. */
  search(search: RecordSearch): RecordItems;
  byId(seq: number): StoredRecord | undefined;
  apply(next: Loaded): void;
  /** Writes what waits, and closes. */
  stop(): void;
}

/**
 * @param calls where those that are up outlive the process
 * @param onLost for each row that could not be written and found no place to wait
 */
export function openRecordBook(
  { stateDir, calls, log, onLost }: { stateDir: string; calls: CallKeeper; log: Log; onLost: () => void },
  first: CdrConfig,
): RecordBook {
  let settings = first;
  const file = first.store === "sqlite" ? open(stateDir, log) : undefined;
  let opened = file;
  let timer: NodeJS.Timeout | undefined;
  const make = (of: RecordFile): RecordKeeper =>
    new RecordKeeper(of, {
      later(work) {
        timer = setTimeout(work, WRITE_EVERY);
        timer.unref();
      },
      onTrouble: (error) => say(log, "error", "not-written", `${text(error)}; it is tried again`),
      onRecovered: () => say(log, "info", "written-again"),
      onLost,
    });
  let keeper = file === undefined ? undefined : make(file);
  let stopped = false;
  const tidy = (): void => {
    if (opened !== undefined) void tidyUp(opened, settings, log, () => stopped);
  };
  const standing = new StandingCalls(calls);
  let looks: NodeJS.Timeout | undefined;
  const daily = setInterval(tidy, TIDY_EVERY);
  daily.unref();
  tidy();
  if (opened === undefined ? first.store === "off" : payOwed(opened, calls, log)) {
    for (const [call] of calls.restored) calls.keep(call, undefined);
  }
  return {
    take(event) {
      if (keeper === undefined || settings.store === "off") return;
      const [now, hide] = [Date.now(), settings.mask === "number-suffix"];
      standing.take(event, now, hide);
      const record = recordOf(event, now, hide);
      if (record !== undefined) keeper.add(record);
    },
    watch(look) {
      looks = setInterval(() => standing.look(Date.now(), (call) => look.call(call)?.answeredAt), LOOK_EVERY);
      looks.unref();
    },
    search(search) {
      keeper?.flush();
      return opened === undefined ? { items: [], next: undefined } : searchRecords(opened, search);
    },
    byId: (seq) => opened?.byId(seq),
    apply(next) {
      settings = next.file.config.cdr;
      if (settings.store === "off" || opened !== undefined) return;
      opened = open(stateDir, log);
      keeper = opened === undefined ? undefined : make(opened);
    },
    samples: () => [{ name: "records_waiting", value: keeper?.waiting ?? 0 }],
    stop() {
      stopped = true;
      clearInterval(daily);
      clearInterval(looks);
      clearTimeout(timer);
      keeper?.flush();
      standing.stop();
      clearTimeout(timer);
      opened?.close();
    },
  };
}

/** Rows of calls that were up when the process before this one ended, but for those that it could write itself. @returns false: not yet */
function payOwed(file: RecordFile, calls: CallKeeper, log: Log): boolean {
  try {
    const rows = owedRows(calls, Date.now()).filter((row) => !isWritten(file, row));
    file.append(rows);
    const detail = `${rows.length} calls were up when the process before this one ended; their rows are written now`;
    if (rows.length > 0) say(log, "warn", "owed", detail);
    return true;
  } catch (error) {
    say(log, "error", "not-written", text(error));
    return false;
  }
}

function isWritten(file: RecordFile, { facts: { call } }: NewRecord): boolean {
  const isSame = ({ kind, facts }: StoredRecord): boolean => kind === "call" && facts["call"] === call;
  return file.search({ name: String(call), limit: 1, matches: isSame }).records.length > 0;
}

/** Rows that are dropped while calls wait: a few milliseconds. */
const rowsAtOnce = 100;

/**
 * Some old rows in each turn of the loop: calls come in between. The head goes to the log, which goes elsewhere: who changes the file later
 * cannot change that line.
 */
async function tidyUp(file: RecordFile, { keepMs }: CdrConfig, log: Log, isOver: () => boolean): Promise<void> {
  try {
    let dropped = 0;
    for (let last = rowsAtOnce; last === rowsAtOnce; dropped += last) {
      if (dropped > 0) await nextTurn();
      if (isOver()) return;
      last = file.prune(Date.now() - keepMs, Date.now(), rowsAtOnce);
    }
    const { rows, head } = file.head();
    log.line("info", { event: "records", reason: "head", head, detail: `${rows} rows, ${dropped} old ones dropped` });
  } catch (error) {
    say(log, "warn", "not-tidied", text(error));
  }
}

function open(stateDir: string, log: Log): RecordFile | undefined {
  try {
    return openRecordFile(recordsFile(stateDir), 0);
  } catch (error) {
    refuseNewer(error);
    say(log, "error", "unusable", `${recordsFile(stateDir)}: ${text(error)}; calls go on and are not recorded`);
    return undefined;
  }
}

function say(log: Log, level: "info" | "warn" | "error", reason: string, detail?: string): void {
  log.line(level, { event: "records", reason, detail });
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
