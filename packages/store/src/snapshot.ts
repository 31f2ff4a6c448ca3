/** A copy of a database as it is at one moment, while others write to it. */
import { chmodSync, closeSync, openSync, readSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** How every SQLite file begins (sqlite.org/fileformat2.html §1.3). */
const MAGIC = Buffer.from("SQLite format 3\0");

export function isDatabase(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(MAGIC.length);
    readSync(file, head, 0, head.length, 0);
    return head.equals(MAGIC);
  } finally {
    closeSync(file);
  }
}

/**
 * Writers go on meanwhile. What was deleted is not in the copy, not even unlinked.
 * @param to is made anew, readable by its owner only
 * @returns the number of its shape
 * @throws what SQLite says: a damaged file has no copy
 */
export function snapshotDatabase(path: string, to: string): number {
  rmSync(to, { force: true });
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA busy_timeout = 5000");
    // SQLite fills an empty file that is there: nobody else can look into it from the first octet on.
    closeSync(openSync(to, "wx", 0o600));
    database.prepare("VACUUM INTO ?").run(to);
    chmodSync(to, 0o600);
    return shapeOf(database);
  } finally {
    database.close();
  }
}

function shapeOf(database: DatabaseSync): number {
  return Number(Object.values(database.prepare("PRAGMA user_version").get() ?? {})[0] ?? 0);
}
