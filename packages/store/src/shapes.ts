/**
 * Shapes of a database, by number. A later version brings a file to its own shape, and leaves in it the way back; an earlier version
 * goes that way, or refuses the file. Whatever is done, a copy of the file as it was is taken first.
 */
import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { snapshotDatabase } from "./snapshot.ts";

/** From one shape to the next: SQL, both ways. What the way back loses is in the copy. */
export interface ShapeStep {
  readonly up: string;
  readonly down: string;
}

export interface ShapeWanted {
  readonly path: string;
  /** As many as there are shapes after the first. */
  readonly steps: readonly ShapeStep[];
  /** Wall clock in milliseconds, for the name of the copy. */
  readonly now: number;
}

/** A file that a later version wrote, and no way back is in it. */
export class NewerShape extends Error {
  readonly path: string;

  constructor(path: string, shape: number, known: number) {
    super(`${path} was written by a later version: it has shape ${shape}, and ${known} is the last that is known here`);
    this.name = "NewerShape";
    this.path = path;
  }
}

/** @throws NewerShape; what SQLite says. The file is as it was then */
export function bringToShape(database: DatabaseSync, { path, steps, now }: ShapeWanted): void {
  const wanted = steps.length + 1;
  const found = shapeOf(database);
  if (found === wanted) return;
  const change = found > wanted ? waysBack(database, path, found, wanted) : steps.slice(Math.max(0, found - 1));
  // One that was just made, or is from before shapes had numbers, has the first.
  if (found > 1 || (found === 1 && change.length > 0)) keepCopy(path, found, now);
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const step of change) database.exec(typeof step === "string" ? step : step.up);
    leaveWaysBack(database, steps);
    database.exec(`PRAGMA user_version = ${wanted}; COMMIT`);
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function shapeOf(database: DatabaseSync): number {
  return Number(Object.values(database.prepare("PRAGMA user_version").get() ?? {})[0] ?? 0);
}

/** The last step first. */
function waysBack(database: DatabaseSync, path: string, found: number, wanted: number): readonly string[] {
  const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'ways_back'").get() !== undefined;
  const rows = isThere ? database.prepare("SELECT shape, down FROM ways_back ORDER BY shape DESC").all() : [];
  const ways = rows.flatMap(({ shape, down }) =>
    Number(shape) > wanted && Number(shape) <= found ? [String(down)] : [],
  );
  if (ways.length !== found - wanted) throw new NewerShape(path, found, wanted);
  return ways;
}

/** An earlier version cannot know them: it reads them here. */
function leaveWaysBack(database: DatabaseSync, steps: readonly ShapeStep[]): void {
  if (steps.length === 0) return database.exec("DROP TABLE IF EXISTS ways_back");
  database.exec(
    "CREATE TABLE IF NOT EXISTS ways_back (shape INTEGER PRIMARY KEY, down TEXT NOT NULL) STRICT; DELETE FROM ways_back",
  );
  const put = database.prepare("INSERT INTO ways_back VALUES (?, ?)");
  for (const [index, { down }] of steps.entries()) put.run(index + 2, down);
}

function keepCopy(path: string, shape: number, now: number): void {
  const copy = `${path}.before-shape-${shape}-${now}`;
  if (!existsSync(copy)) snapshotDatabase(path, copy);
}
