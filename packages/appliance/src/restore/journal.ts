/**
 * The moves that put a restored machine in place of the old one, written down before the first of them. Until the journal is
 * there the old machine is whole; from then on whoever comes next (a start, another restore) makes the moves that are left, and the new
 * one is whole. Each is a rename within one folder's disk, and is made once however often it is tried.
 */
import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import { z } from "zod";
import { isMarkAlive, markOfProcess } from "../process-alive.ts";
import { syncFolder } from "../sealed-file.ts";

const path = z.string().startsWith("/");

const journal = z.strictObject({
  format: z.literal(1),
  /** The process that makes the moves. */
  by: z.string(),
  /** Name of the backup. */
  backup: z.string(),
  stateDir: path,
  /** From, to. What stands there goes out of the way first. */
  moves: z.array(z.tuple([path, path])),
  /** What is left of unpacking when all is done. */
  sweep: z.array(path),
});
export type Journal = z.infer<typeof journal>;
type Move = Journal["moves"][number];

/** @throws what the disk says: then nothing has begun */
export function writeJournal(at: string, given: Omit<Journal, "format" | "by">): void {
  const made = `${at}.new`;
  rmSync(made, { force: true });
  const paper = openSync(made, "wx", 0o600);
  try {
    writeSync(paper, JSON.stringify({ format: 1, by: markOfProcess(process.pid), ...given }));
    fsyncSync(paper);
  } finally {
    closeSync(paper);
  }
  renameSync(made, at);
  syncFolder(dirname(at));
}

/** Undefined: there is none. @throws RingfenceError `restore-unfinished` for one that another process is at, or that nobody can read */
export function readJournal(at: string): Journal | undefined {
  if (!exists(at)) return undefined;
  let text: string;
  try {
    text = readFileSync(at, "utf8");
  } catch (error) {
    throw unfinished(`${at} cannot be read (${codeOf(error)})`);
  }
  const read = journal.safeParse(parsed(text));
  if (!read.success) throw unfinished(`${at} is no journal of a restore`);
  if (read.data.by !== markOfProcess(process.pid) && isMarkAlive(read.data.by)) {
    const remedy = "Wait until it has ended.";
    throw new RingfenceError(
      "restore-unfinished",
      `a restore is going on (process ${read.data.by.split(" ")[0]})`,
      remedy,
    );
  }
  return read.data;
}

/**
 * Makes the moves that are left, has `onDone` say it, and forgets the journal.
 * @throws RingfenceError `restore-unfinished`: the journal stays, and whoever may do more goes on from there
 */
export function finishMoves(at: string, { moves, sweep }: Journal, onDone: () => void): void {
  try {
    for (const move of moves) makeMove(move);
    const stuck = moves.find(([from, to]) => exists(from) && !exists(to));
    if (stuck !== undefined) throw new Error(`${stuck[0]} was not moved`);
    for (const folder of new Set(moves.flat().map((one) => dirname(one)))) if (exists(folder)) syncFolder(folder);
    onDone();
    for (const left of sweep) rmSync(left, { recursive: true, force: true });
    rmSync(at, { force: true });
    syncFolder(dirname(at));
  } catch (error) {
    throw unfinished(error instanceof Error ? error.message : String(error));
  }
}

/** Everything back where it was, as far as it was moved. @throws what the disk says */
export function takeBack(at: string, { moves, sweep }: Pick<Journal, "moves" | "sweep">): void {
  for (const [from, to] of [...moves].reverse()) if (exists(to) && !exists(from)) renameSync(to, from);
  for (const left of sweep) rmSync(left, { recursive: true, force: true });
  rmSync(at, { force: true });
}

/** What was moved already is either gone from here, or stands there. */
function makeMove([from, to]: Move): void {
  if (!exists(from) || exists(to)) return;
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  renameSync(from, to);
}

/** Also of a link that leads nowhere. */
export function exists(at: string): boolean {
  return lstatSync(at, { throwIfNoEntry: false }) !== undefined;
}

function unfinished(why: string): RingfenceError {
  const remedy = "Run `ringfence restore --finish --config FILE` as root: it goes on where it was interrupted.";
  return new RingfenceError(
    "restore-unfinished",
    `a restore was interrupted, and cannot be finished here: ${why}`,
    remedy,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
