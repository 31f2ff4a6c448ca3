import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { KeptBan } from "@ringfence/edge";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Log } from "./logs/logger.ts";
import { openStateStore } from "./state-store.ts";

let dir: string;
let lines: Readonly<Record<string, unknown>>[];
const log = { line: (level: string, fields: object) => lines.push({ level, ...fields }) } as unknown as Log;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-store-"));
  lines = [];
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("what was kept is there at the next start, with the same secret, in a file of the owner's", () => {
  const kept = {
    ...{
      token: "t",
      aor: "a@b",
      user: "a",
      domain: "b",
      shownDomain: "b",
      contactUri: "sip:a@c",
      callId: "x",
      cseq: 1,
    },
    ...{ endpoint: "e", address: "192.0.2.1", port: 5060, pbxUntil: 1, confirmedAt: 1, provenAt: 1 },
  };
  const first = openStateStore(dir, log);
  first.keeper.keep("t", kept);
  first.close();
  const second = openStateStore(dir, log);
  expect(second.keeper.restored).toEqual([kept]);
  expect(Buffer.from(second.keeper.secret)).toEqual(Buffer.from(first.keeper.secret));
  second.close();
  expect(statSync(join(dir, "state.db")).mode & 0o777).toBe(0o600);
  expect(lines).toEqual([]);
});

test("bans are there at the next start with the ends they had; one that was lifted and one that ended are not", () => {
  const ban = (label: string, until: number): KeptBan => {
    return { kind: "source", label, reason: "by-hand", since: 7, until, times: 3 };
  };
  const end = Date.now() + 3_600_000;
  const first = openStateStore(dir, log);
  for (const label of ["192.0.2.1", "2001:db8:1::/48"]) first.bans.keep(ban(label, end));
  first.bans.keep(ban("192.0.2.3", Date.now() - 1));
  first.bans.lifted({ kind: "source", label: "192.0.2.1" });
  first.close();
  const second = openStateStore(dir, log);
  expect(second.bans.restored).toEqual([ban("2001:db8:1::/48", end)]);
  second.close();
});

test("a damaged file is moved aside with a line that says so, and nothing else happens", () => {
  writeFileSync(join(dir, "state.db"), "no database at all ".repeat(400));
  const store = openStateStore(dir, log);
  expect(store.keeper.restored).toEqual([]);
  store.close();
  expect(lines).toMatchObject([{ level: "error", event: "store", reason: "damaged" }]);
  const moved = join(dir, readdirSync(dir).find((name) => name.includes(".damaged-")) ?? "");
  expect(String(lines[0]?.detail)).toContain(moved);
  expect(readFileSync(moved, "utf8")).toContain("no database at all");
});

test("without a usable folder the service runs and says what it cannot do", () => {
  const store = openStateStore(join(dir, "missing"), log);
  expect(store.keeper.secret).toHaveLength(32);
  store.close();
  expect(lines).toMatchObject([{ level: "error", event: "store", reason: "unusable" }]);
});

test("state of a later version stops the start, and says what to do; it is not moved aside", () => {
  openStateStore(dir, log).close();
  const database = new DatabaseSync(join(dir, "state.db"));
  database.exec("PRAGMA user_version = 9");
  database.close();
  expect(() => openStateStore(dir, log)).toThrow("was written by a later version");
  expect(readdirSync(dir).filter((name) => name.includes("damaged"))).toEqual([]);
});
