/**
 * A machine made from a backup. First all of it is read and judged, and nothing is written; then it is unpacked beside what it is to
 * replace; then a journal of renames is written, and made. Whatever happens in between, the machine is the old one or the new one.
 */
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import { type Manifest, refused } from "../backup/archive/manifest.ts";
import { measured } from "../backup/archive/pack.ts";
import { foldersOfOthers } from "../backup/contents.ts";
import { compactTime } from "../compact-time.ts";
import { readConfigFile } from "../config-file.ts";
import { noteOnDisk } from "../control/audit-trail.ts";
import type { Environment } from "../environment.ts";
import { socketPath } from "../instances.ts";
import { askControl } from "../io/control-client.ts";
import { exists, finishMoves, type Journal, readJournal, takeBack, writeJournal } from "./journal.ts";
import { journalPath } from "./journal-path.ts";
import { type BackupFile, lookThrough } from "./read-backup.ts";
import { stage, stagedFile, stagedState, sweepStaged } from "./stage.ts";
import { type Targets, targetsOf, type Wish } from "./targets.ts";

export interface RestoreReport {
  readonly manifest: Manifest;
  readonly config: string;
  readonly stateDir: string;
  /** Where what was there before is now; empty: nothing was. */
  readonly before: readonly string[];
}

/** @throws RingfenceError, ConfigError: then everything is as it was, or `restore-unfinished`: then the next start goes on */
export async function restore(backup: BackupFile, wish: Wish, environment: Environment): Promise<RestoreReport> {
  const { manifest, configText } = await lookThrough(backup);
  const targets = targetsOf(manifest, configText, wish, environment);
  const { config, stateDir } = targets;
  finishRestore(config, environment);
  await refuseRunning(stateDir, environment);
  const made = [makeFolder(dirname(config), 0o750), makeFolder(stateDir, 0o700)];
  const time = freeTime(stateDir);
  try {
    sweepStaged(targets);
    const staged = await stage(backup, targets, time);
    if (JSON.stringify(staged) !== JSON.stringify(manifest)) throw refused("it was changed meanwhile");
    dropUnchanged(targets, time);
    const moves = movesOf(targets, configText, time);
    await refuseRunning(stateDir, environment);
    writeJournal(journalPath(config), {
      ...{ backup: basename(backup.path), stateDir, moves },
      sweep: [stagedState(stateDir, time)],
    });
    putInPlace(config, environment);
    return { manifest, config, stateDir, before: keptOf(moves, stateDir, time) };
  } catch (error) {
    if (!exists(journalPath(config))) {
      sweepStaged(targets);
      for (const folder of made.reverse()) removeEmpty(folder);
    }
    throw error;
  }
}

/** One that runs writes what it knows over what was restored. @throws RingfenceError `already-running` */
async function refuseRunning(stateDir: string, environment: Environment): Promise<void> {
  const socket = socketPath(stateDir, environment);
  const there = await askControl(socket, { command: "status" }, 2_000).then(
    () => true,
    (error) => !(error instanceof Error && "code" in error && nobody.has(error.code)),
  );
  if (!there) return;
  const remedy = "Stop it first: systemctl stop ringfence.";
  throw new RingfenceError("already-running", `a Ringfence runs with the state in ${stateDir}`, remedy);
}

const nobody: ReadonlySet<unknown> = new Set(["ENOENT", "ECONNREFUSED"]);

/** @returns what was made; empty: it was there */
function makeFolder(path: string, mode: number): string {
  return mkdirSync(path, { recursive: true, mode }) === undefined ? "" : path;
}

function removeEmpty(folder: string): void {
  if (folder !== "" && readdirSync(folder).length === 0) rmdirSync(folder);
}

/** By which what stood there is called from now on. */
function freeTime(stateDir: string): string {
  for (let at = Date.now(); ; at += 1_000) {
    const time = compactTime(at);
    if (!exists(join(stateDir, aside(time)))) return time;
  }
}

const aside = (time: string): string => `before-restore-${time}`;

function keptOf(moves: Journal["moves"], stateDir: string, time: string): readonly string[] {
  const kept = moves.flatMap(([, to]) => (to.includes(aside(time)) ? [to] : []));
  const folder = join(stateDir, aside(time));
  return [...new Set(kept.map((to) => (to.startsWith(`${folder}/`) ? folder : to)))];
}

/**
 * Goes on where a restore was interrupted. @returns the name of its backup; undefined: there was nothing to finish
 * @throws RingfenceError `restore-unfinished`
 */
export function finishRestore(config: string, { userName }: Pick<Environment, "userName">): string | undefined {
  const at = journalPath(config);
  const journal = readJournal(at);
  if (journal === undefined) return undefined;
  finishMoves(at, journal, () => note(journal, userName));
  return journal.backup;
}

/** One that cannot be made (a file that is mounted by itself) is no reason to be half new. */
function putInPlace(config: string, environment: Environment): void {
  const journal = readJournal(journalPath(config));
  try {
    finishRestore(config, environment);
  } catch (error) {
    if (journal === undefined) throw error;
    takeBack(journalPath(config), journal);
    const why = error instanceof Error ? error.message : String(error);
    throw new RingfenceError("backup-refused", `it cannot be put in place: ${why}`, "Everything is as it was before.");
  }
}

/** In the book that is in place now: it says from when on it is another one. */
function note({ stateDir, backup }: Journal, by: string): void {
  if (!existsSync(join(stateDir, "audit.db"))) return;
  try {
    noteOnDisk(stateDir, { act: "restore", object: backup, by, via: "cli", result: "done", detail: "" });
  } catch {
    // A book that takes nothing is said at the start, and stops nobody.
  }
}

/** What is as it was stays where it is. */
function dropUnchanged({ places }: Targets, time: string): void {
  for (const [{ sha256 }, place] of places) {
    if (existsSync(place) && measured(place).sha256 === sha256) rmSync(stagedFile(place, time), { force: true });
  }
}

function movesOf({ config, stateDir, places }: Targets, configText: string, time: string): Journal["moves"] {
  const staged = stagedState(stateDir, time);
  const stay = new Set([basename(staged), "control.sock", basename(journalPath(config))]);
  const others = new Set(foldersOfOthers(readConfigFile(config, configText)));
  const old = readdirSync(stateDir).filter(
    (name) => !stay.has(name) && !name.startsWith(aside("")) && !others.has(join(stateDir, name)),
  );
  const files = [...places.values()].filter((place) => exists(stagedFile(place, time)));
  return [
    ...files.flatMap((place): Journal["moves"] => [
      ...(exists(place) ? [[place, `${place}.${aside(time)}`] as [string, string]] : []),
      [stagedFile(place, time), place],
    ]),
    ...old.map((name): [string, string] => [join(stateDir, name), join(stateDir, aside(time), name)]),
    ...readdirSync(join(staged, "state")).map((name): [string, string] => [
      join(staged, "state", name),
      join(stateDir, name),
    ]),
  ];
}
