/** One SQLite file, readable by its owner only. A file that cannot be read is moved aside: what it held is lost, calls go on. */
import { chmodSync, closeSync, existsSync, openSync, renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { readBan } from "./ban-row.ts";
import type { StorePort } from "./port.ts";
import { readRegistration } from "./registration-row.ts";
import { bringToShape, type ShapeStep } from "./shapes.ts";

export interface SqliteStore extends StorePort {
  /** Where a damaged file went; undefined when there was none. */
  readonly movedAside: string | undefined;
}

/** Of this version: shape 1 is the first, each step leads to the next. A table that comes is none. */
const steps: readonly ShapeStep[] = [];

const schema = `
  CREATE TABLE IF NOT EXISTS registrations (token TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS uses (payer TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS calls (call TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS bans (banned TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS marks (secret TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS alerts (alert TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
`;

/**
 * @param now wall clock in milliseconds, for the name of a damaged file
 * @throws when the folder cannot be written; NewerShape for a file of a later version, which is not touched
 */
export function openSqliteStore(path: string, now: number): SqliteStore {
  try {
    return store(open(path, now), undefined);
  } catch (error) {
    if (!existsSync(path) || !isDamage(error)) throw error;
    const aside = `${path}.damaged-${now}`;
    // The journal belongs to the damaged file: left behind, it would be played into the new one.
    for (const suffix of ["", "-wal", "-shm"]) {
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    }
    return store(open(path, now), aside);
  }
}

class Damage extends Error {}

/** SQLITE_CORRUPT and SQLITE_NOTADB; a full disk or a missing right is no damage. */
function isDamage(error: unknown): boolean {
  if (error instanceof Damage) return true;
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  return code === 11 || code === 26;
}

function open(path: string, now: number): DatabaseSync {
  // Made before SQLite makes it: its journals take over the mode.
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;");
    const [check] = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {});
    if (check !== "ok") throw new Damage("not a whole store");
    bringToShape(database, { path, steps, now });
    database.exec(schema);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function store(database: DatabaseSync, movedAside: string | undefined): SqliteStore {
  const registrations = rows(database, "registrations", "token");
  const uses = rows(database, "uses", "payer");
  const calls = rows(database, "calls", "call");
  const bans = rows(database, "bans", "banned");
  const marks = rows(database, "marks", "secret");
  const alerts = rows(database, "alerts", "alert");
  return {
    movedAside,
    registrations: () => registrations.all().flatMap(([, value]) => readRegistration(value) ?? []),
    uses: () => uses.all().flatMap(([payer, record]) => (record === undefined ? [] : { payer, record })),
    calls: () => calls.all().flatMap(([call, record]) => (record === undefined ? [] : { call, record })),
    bans: () => bans.all().flatMap(([, value]) => readBan(value) ?? []),
    marks: () => marks.all().flatMap(([secret, mark]) => (mark === undefined ? [] : { secret, mark })),
    alerts: () => alerts.all().flatMap(([alert, record]) => (record === undefined ? [] : { alert, record })),
    write(changes) {
      database.exec("BEGIN IMMEDIATE");
      try {
        for (const change of changes) {
          if ("payer" in change) uses.set(change.payer, change.record);
          else if ("call" in change) calls.set(change.call, change.record);
          else if ("banned" in change) bans.set(change.banned, change.ban);
          else if ("alert" in change) alerts.set(change.alert, change.record);
          else if ("secret" in change) marks.set(change.secret, change.mark);
          else registrations.set(change.token, change.registration);
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

/** Values as JSON by a key. */
function rows(
  database: DatabaseSync,
  table: "registrations" | "uses" | "calls" | "bans" | "marks" | "alerts",
  key: "token" | "payer" | "call" | "banned" | "secret" | "alert",
) {
  const put = database.prepare(`INSERT OR REPLACE INTO ${table} (${key}, data) VALUES (?, ?)`);
  const remove = database.prepare(`DELETE FROM ${table} WHERE ${key} = ?`);
  return {
    all: (): readonly (readonly [string, unknown])[] =>
      database
        .prepare(`SELECT ${key} AS name, data FROM ${table}`)
        .all()
        .map(({ name, data }) => [String(name), parsed(data)]),
    set(name: string, value: unknown): void {
      if (value === undefined) remove.run(name);
      else put.run(name, JSON.stringify(value));
    },
  };
}

/** Undefined for what is no JSON. */
function parsed(data: unknown): unknown {
  try {
    return typeof data === "string" ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}
