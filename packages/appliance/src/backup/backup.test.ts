import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRecordFile } from "@ringfence/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BackupSite } from "../../../../test/support/backup-site.ts";
import { readBackup } from "../restore/read-backup.ts";
import type { Manifest } from "./archive/manifest.ts";
import { keptBackups, removeOld, removeUnfinished } from "./backup-folder.ts";
import { backupName, readBackupName } from "./backup-name.ts";
import { noteVerify, readLastBackup, readLastVerify } from "./backup-notes.ts";
import { contentsOf } from "./contents.ts";

let site: BackupSite;
let dir: string;
let config: string;

beforeEach(async () => {
  site = await BackupSite.make();
  ({ dir, config } = site);
});
afterEach(() => site.end());

const say = (...args: readonly string[]) => site.say(...args);

async function inside(path: string): Promise<{ readonly manifest: Manifest; readonly texts: Map<string, Buffer> }> {
  const texts = new Map<string, Buffer>();
  const manifest = await readBackup({ path, keys: [site.key] }, () => ({ member }) => ({
    write: (octets) => void texts.set(member, Buffer.concat([texts.get(member) ?? Buffer.alloc(0), octets])),
    close: () => undefined,
  }));
  return { manifest, texts };
}

test("one file holds the configuration, what it names, and the state, as they are while others write", async () => {
  writeFileSync(join(dir, "state", "running"), "{}");
  writeFileSync(join(dir, "state", "state.db.damaged-7"), "old");
  mkdirSync(join(dir, "state", "logs"));
  writeFileSync(join(dir, "state", "logs", "today.log"), "lines");
  symlinkSync("/etc/passwd", join(dir, "state", "link"));
  const { code, out, err } = await say("backup", "--config", config);
  expect([code, out]).toEqual([0, expect.stringContaining("encrypted to 1 key")]);
  expect(err).toContain("not in it: the secret OLD_A comes from the environment");
  const [kept] = keptBackups(join(dir, "backups"), Date.now());
  expect(statSync(kept?.path ?? "").mode & 0o777).toBe(0o600);
  const { manifest, texts } = await inside(kept?.path ?? "");
  const state = manifest.files.flatMap(({ part, path }) => (part === "state" ? [path] : []));
  // The command notes itself in the audit afterwards, and what is in the folder of the log is no state.
  expect(state.sort()).toEqual(["records.db", "state.db"]);
  expect(manifest).toMatchObject({ config, stateDir: join(dir, "state"), environment: ["OLD_A"], reason: "by-hand" });
  const secret = manifest.files.find(({ path }) => path === join(dir, "secrets", "a"));
  expect(secret).toMatchObject({ part: "named", mode: 0o640 });
  expect(texts.get(secret?.member ?? "")?.toString()).toBe("wvT7-qL2x-Kd93bQ");
  writeFileSync(join(dir, "copy.db"), texts.get("state/records.db") ?? "");
  const copy = openRecordFile(join(dir, "copy.db"));
  expect(copy.verify()).toMatchObject({ rows: 1, faults: [] });
  copy.close();
  expect(readdirSync(join(dir, "state")).filter((name) => name.startsWith(".backup"))).toEqual([]);
  expect(readLastBackup(join(dir, "state"))).toMatchObject({ file: kept?.path, keys: 1, copied: null });
});

test("where nothing is wanted or due it says so and is content; asked for by hand, it says what is missing", async () => {
  expect(await say("backup", "--if-due", "--config", config)).toMatchObject({ code: 0 });
  expect((await say("backup", "--if-due", "--config", config)).out).toContain("recent enough");
  site.write("", "");
  expect(await say("backup", "--reason", "upgrade", "--config", config)).toMatchObject({
    code: 0,
    out: `${config} wants no backups\n`,
  });
  expect((await say("backup", "--config", config)).err).toContain("encrypt_to");
  expect(await say("backup", "--reason", "upgrade", "--config", join(dir, "none"))).toMatchObject({ code: 0 });
  expect((await say("backup", "--encrypt-to", "age1x", "--config", config)).code).toBe(2);
});

test("what it names and is not there is said; what cannot be written leaves nothing behind", async () => {
  rmSync(join(dir, "secrets", "a"));
  expect((await say("backup", "--config", config)).err).toContain(
    `because it is not there: ${join(dir, "secrets", "a")}`,
  );
  writeFileSync(join(dir, "a-file"), "");
  const { code, err } = await say("backup", "--config", config, "--to", join(dir, "a-file"));
  expect([code, err]).toEqual([2, expect.stringContaining("no backup was written")]);
  expect(readdirSync(join(dir, "state")).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a damaged database has no backup: the ones before stay", async () => {
  await say("backup", "--config", config);
  const before = readdirSync(join(dir, "backups"));
  const database = readFileSync(join(dir, "state", "records.db"));
  writeFileSync(join(dir, "state", "other.db"), Buffer.concat([database.subarray(0, 100), Buffer.alloc(9_000, 7)]));
  expect((await say("backup", "--config", config)).code).toBe(2);
  expect(readdirSync(join(dir, "backups"))).toEqual(before);
});

test("it is taken elsewhere by a program, whose words no shell reads; a program that fails is told, and the backup stays", async () => {
  const list = join(dir, "list");
  site.write(`, copy: [/bin/cp, FILE, ${JSON.stringify(join(dir, "away; touch x"))}]`);
  expect((await say("backup", "--config", config)).out).toContain("copied with /bin/cp");
  expect(statSync(join(dir, "away; touch x")).size).toBeGreaterThan(1_000);
  expect(readLastBackup(join(dir, "state"))?.copied).toBeGreaterThan(0);
  site.write(`, copy: [/bin/cp, ${JSON.stringify(join(dir, "none"))}, ${JSON.stringify(list)}]`);
  const { code, err } = await say("backup", "--config", config);
  expect([code, err]).toEqual([
    2,
    expect.stringMatching(/it was not copied: \/bin\/cp ended with 1: .*Not a directory/),
  ]);
  expect(readLastBackup(join(dir, "state"))?.copied).toBeNull();
});

const at = Date.parse("2026-11-23T06:00:00Z");
const minute = 60_000;

function put(when: number, text = "age-encryption.org/v1\n..."): string {
  const name = backupName({ at: when, reason: "timer" });
  writeFileSync(join(dir, name), text);
  return name;
}

test("old ones go when a new one is there; what is empty, or from a wrong clock, pushes none out", () => {
  const [first, second, third] = [put(at), put(at + minute), put(at + 2 * minute)];
  const empty = [put(at + 3 * minute, ""), put(at + 4 * minute, "")];
  const future = put(at + 600 * minute);
  writeFileSync(join(dir, "of-somebody-else.tar.age"), "age-encryption.org/v1\n");
  const now = at + 5 * minute;
  expect(keptBackups(dir, now).map(({ name }) => name)).toEqual([third, second, first]);
  expect(removeOld(dir, 2, now, third)).toEqual([first]);
  // The last good one stays, whatever comes after it.
  expect(removeOld(dir, 1, now, third)).toEqual([second]);
  expect(removeOld(dir, 1, now, third)).toEqual([]);
  const left = readdirSync(dir).filter((name) => name.endsWith(".age"));
  expect(left.sort()).toEqual([third, ...empty, future, "of-somebody-else.tar.age"].sort());
});

test("what a process that died has left is removed, what another is at stays", () => {
  const name = backupName({ at, reason: "by-hand" });
  const dead = 2 ** 22 + 1;
  for (const pid of [dead, process.pid]) writeFileSync(join(dir, `.${name}.${pid}.part`), "");
  writeFileSync(join(dir, ".notes.part"), "");
  removeUnfinished(dir);
  expect(
    readdirSync(dir)
      .filter((one) => one.endsWith(".part"))
      .sort(),
  ).toEqual([".notes.part", `.${name}.${process.pid}.part`].sort());
});

test("a name says when and why, and no other name is read", () => {
  const name = { at, reason: "upgrade" } as const;
  expect(backupName(name)).toBe("ringfence-20261123T060000Z-upgrade.tar.age");
  expect(readBackupName(backupName(name))).toEqual(name);
  for (const strange of ["ringfence-20261123T060000Z.tar.age", "ringfence-x-timer.tar.age", "", "ringfence-.tar.age"]) {
    expect(readBackupName(strange)).toBeUndefined();
  }
});

test("a file of the state folder that the configuration names is there once", () => {
  writeFileSync(join(dir, "state", "a"), "x");
  const text = readFileSync(config, "utf8").replace("secrets/a", "state/a");
  const file = { name: config, path: config, dir, text, config: { cdr: {}, logs: {} }, warnings: [] } as never;
  const found = contentsOf(file, join(dir, "state")).sources.filter(({ from }) => from.endsWith("/a"));
  expect(found).toEqual([{ part: "state", path: "a", from: join(dir, "state", "a"), member: "state/a" }]);
});

test("when a restore was last tried is remembered; half a note is none", () => {
  const note = { at, file: "f.tar.age", made: at - minute, ok: true, said: "a call went through" };
  noteVerify(dir, note);
  expect(readLastVerify(dir)).toEqual({ format: 1, ...note });
  writeFileSync(join(dir, "last-verify.json"), '{"format":1,"at":');
  expect(readLastVerify(dir)).toBeUndefined();
});
