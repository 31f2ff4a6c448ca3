/** One SQLite file, readable by its owner only. A file that cannot be read is moved aside: what it held is lost, calls go on. */
import { chmodSync, closeSync, existsSync, openSync, renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { StorePort } from "./port.ts";
import { readRegistration } from "./registration-row.ts";

export interface SqliteStore extends StorePort {
  /** Where a damaged file went; undefined when there was none. */
  readonly movedAside: string | undefined;
}

/** Another number is another shape: such a file is treated like a damaged one. */
const SHAPE = 1;

const schema = `
  CREATE TABLE IF NOT EXISTS registrations (token TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
`;

/**
 * @param now wall clock in milliseconds, for the name of a damaged file
 * @throws when the folder cannot be written
 */
export function openSqliteStore(path: string, now: number): SqliteStore {
  try {
    return store(open(path), undefined);
  } catch (error) {
    if (!existsSync(path) || !isDamage(error)) throw error;
    const aside = `${path}.damaged-${now}`;
    // The journal belongs to the damaged file: left behind, it would be played into the new one.
    for (const suffix of ["", "-wal", "-shm"]) {
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    }
    return store(open(path), aside);
  }
}

class Damage extends Error {}

/** SQLITE_CORRUPT and SQLITE_NOTADB; a full disk or a missing right is no damage. */
function isDamage(error: unknown): boolean {
  if (error instanceof Damage) return true;
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  return code === 11 || code === 26;
}

function open(path: string): DatabaseSync {
  // Made before SQLite makes it: its journals take over the mode.
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;");
    const [check] = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {});
    const [shape] = Object.values(database.prepare("PRAGMA user_version").get() ?? {});
    if (check !== "ok" || (shape !== 0 && shape !== SHAPE)) throw new Damage("not a store of this version");
    database.exec(`${schema} PRAGMA user_version = ${SHAPE};`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function store(database: DatabaseSync, movedAside: string | undefined): SqliteStore {
  const put = database.prepare("INSERT OR REPLACE INTO registrations (token, data) VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM registrations WHERE token = ?");
  return {
    movedAside,
    registrations: () =>
      database
        .prepare("SELECT data FROM registrations")
        .all()
        .flatMap(({ data }) => readRegistration(data) ?? []),
    write(changes) {
      database.exec("BEGIN IMMEDIATE");
      try {
        for (const { token, registration } of changes) {
          if (registration === undefined) remove.run(token);
          else put.run(token, JSON.stringify(registration));
        }
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    secret(name, make) {
      const value = database.prepare("SELECT value FROM secrets WHERE name = ?").get(name)?.value;
      if (value instanceof Uint8Array && value.length === 32) return value;
      const made = make();
      database.prepare("INSERT OR REPLACE INTO secrets (name, value) VALUES (?, ?)").run(name, made);
      return made;
    },
    close: () => database.close(),
  };
}
