import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { memoryStore } from "./memory.ts";
import type { StoredBan, StoredRegistration, StorePort } from "./port.ts";
import { openSqliteStore } from "./sqlite.ts";
import { WriteBehind } from "./write-behind.ts";

let dir: string;
let file: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-store-"));
  file = join(dir, "state.db");
});

afterEach(() => rmSync(dir, { recursive: true }));

const registration: StoredRegistration = {
  token: "t1",
  aor: "1001@pbx.example.com",
  user: "1001",
  domain: "pbx.example.com",
  shownDomain: "pbx.example.com",
  contactUri: "sip:1001@192.0.2.10:40000",
  callId: 'it\'s "quoted"; DROP TABLE registrations',
  cseq: 7,
  endpoint: "access:udp:203.0.113.1:5060",
  address: "192.0.2.10",
  port: 40_000,
  pbxUntil: 2_000_000,
  confirmedAt: 1_000_000,
  provenAt: 1_000_000,
};

const kinds: readonly (readonly [string, () => StorePort])[] = [
  ["memory", memoryStore],
  ["SQLite", () => openSqliteStore(file, 0)],
];

test.each(kinds)("%s: what was put is there, what was removed is not, the last change counts", (_name, open) => {
  const store = open();
  const second = { ...registration, token: "t2" };
  store.write([
    { token: "t1", registration },
    { token: "t2", registration: second },
  ]);
  store.write([
    { token: "t2", registration: undefined },
    { token: "t1", registration: { ...registration, cseq: 8 } },
  ]);
  expect(store.registrations()).toEqual([{ ...registration, cseq: 8 }]);
  store.close();
});

test.each(kinds)("%s: a secret is made once", (_name, open) => {
  const store = open();
  const made = store.secret("edge", () => new Uint8Array(32).fill(7));
  expect(Buffer.from(store.secret("edge", () => new Uint8Array(32)))).toEqual(Buffer.from(made));
  store.close();
});

test("a file outlives its process, and nobody else may read it or its journals", () => {
  const first = openSqliteStore(file, 0);
  first.write([{ token: "t1", registration }]);
  first.secret("edge", () => new Uint8Array(32).fill(7));
  for (const name of readdirSync(dir)) expect([name, statSync(join(dir, name)).mode & 0o777]).toEqual([name, 0o600]);
  first.close();
  const second = openSqliteStore(file, 0);
  expect(second.movedAside).toBeUndefined();
  expect(second.registrations()).toEqual([registration]);
  expect(second.secret("edge", () => new Uint8Array(32))[0]).toBe(7);
  second.close();
});

test.each([
  "this is no database, and long enough to be read as one: ".repeat(100),
  "SQLite format 3\0 and then nothing",
])("a damaged file is moved aside and a new one begun", (text) => {
  writeFileSync(file, text);
  const store = openSqliteStore(file, 1234);
  expect(store.movedAside).toBe(`${file}.damaged-1234`);
  store.write([{ token: "t1", registration }]);
  expect(store.registrations()).toHaveLength(1);
  store.close();
  expect(readdirSync(dir)).toContain("state.db.damaged-1234");
});

test("half a row is no registration", () => {
  const store = openSqliteStore(file, 0);
  store.write([
    { token: "t1", registration },
    { token: "t2", registration: { token: "t2" } as StoredRegistration },
  ]);
  expect(store.registrations()).toEqual([registration]);
  store.close();
});

test.each(kinds)("%s: a ban and a lock of one name are two, and half a row bans nobody", (_name, open) => {
  const ban: StoredBan = { kind: "source", label: "1001", reason: "by-hand", since: 1, until: 2, times: 1 };
  const lock: StoredBan = { ...ban, kind: "account" };
  const store = open();
  store.write([
    { banned: "source 1001", ban },
    { banned: "account 1001", ban: lock },
    { banned: "suspect 1001", ban: { ...ban, kind: "suspect" } },
  ]);
  store.write([{ banned: "suspect 1001", ban: undefined }]);
  expect(store.bans().toSorted((a, b) => b.kind.localeCompare(a.kind))).toEqual([ban, lock]);
  store.close();
});

test.each([{ kind: "friend" }, { label: "x".repeat(65) }, { until: "soon" }, { until: 1e300 }, { times: 0.5 }])(
  "a row with %o bans nobody",
  (broken) => {
    const ban: StoredBan = { kind: "source", label: "192.0.2.1", reason: "", since: 1, until: 2, times: 1 };
    const store = openSqliteStore(file, 0);
    store.write([
      { banned: "good", ban },
      { banned: "broken", ban: { ...ban, ...broken } as StoredBan },
    ]);
    expect(store.bans()).toEqual([ban]);
    store.close();
  },
);

test("many changes of one binding are one write, and a disk that refuses is said once and tried again", () => {
  const batches: number[] = [];
  const said: string[] = [];
  const timers: (() => void)[] = [];
  let broken = true;
  const store: StorePort = {
    ...memoryStore(),
    write(changes) {
      if (broken) throw new Error("disk full");
      batches.push(changes.length);
    },
  };
  const behind = new WriteBehind(store, {
    later: (flush) => timers.push(flush),
    onTrouble: () => said.push("trouble"),
    onRecovered: () => said.push("recovered"),
  });
  for (let i = 0; i < 100; i++) behind.add({ token: `t${i % 3}`, registration });
  timers.shift()?.();
  timers.shift()?.();
  behind.add({ token: "t9", registration: undefined });
  broken = false;
  timers.shift()?.();
  expect(batches).toEqual([4]);
  expect(said).toEqual(["trouble", "recovered"]);
  expect([behind.waiting, timers.length]).toEqual([0, 0]);
});
