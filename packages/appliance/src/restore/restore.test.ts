import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openRecordFile, openSqliteStore } from "@ringfence/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BackupSite, type Said } from "../../../../test/support/backup-site.ts";
import { keyFileText, newKey } from "../backup/new-key.ts";
import { markOfProcess } from "../process-alive.ts";
import type { Journal } from "./journal.ts";

let site: BackupSite;
let backup: string;

beforeEach(async () => {
  site = await BackupSite.make();
  backup = site.path((await made()) ?? "");
});
afterEach(() => site.end());

async function made(): Promise<string | undefined> {
  await site.say("backup", "--config", site.config);
  return readdirSync(site.path("backups"))
    .map((name) => join("backups", name))
    .at(-1);
}

const restore = (...more: readonly string[]): Promise<Said> =>
  site.say("restore", backup, "--key", site.keyFile, "--config", site.config, ...more);

/** Everything that a restore may change: names and octets. */
function seen(): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const look = (folder: string, within: string): void => {
    for (const name of readdirSync(join(folder, within)).sort()) {
      const path = join(within, name);
      if (statSync(join(folder, path)).isDirectory()) look(folder, path);
      else found[path] = readFileSync(join(folder, path), "latin1");
    }
  };
  look(site.dir, "");
  return found;
}

const calls = (): readonly unknown[] => {
  const book = openRecordFile(site.path("state", "records.db"));
  expect(book.verify().faults).toEqual([]);
  const found = [...book.records()].map(({ facts }) => facts["call"]);
  book.close();
  return found;
};

test("the machine is as it was, and what it was meanwhile is kept beside", async () => {
  site.addCall("c2");
  site.write("", "");
  writeFileSync(site.path("secrets", "a"), "another", { mode: 0o600 });
  writeFileSync(site.path("state", "left-by-c2"), "x");
  const { code, out } = await restore();
  expect([code, out]).toEqual([0, expect.stringContaining("all as they were")]);
  expect(calls()).toEqual(["c1"]);
  expect(readFileSync(site.config, "utf8")).toContain("encrypt_to");
  expect(readFileSync(site.path("secrets", "a"), "utf8")).toBe("wvT7-qL2x-Kd93bQ");
  expect(statSync(site.path("secrets", "a")).mode & 0o777).toBe(0o640);
  expect(existsSync(site.path("state", "left-by-c2"))).toBe(false);
  const store = openSqliteStore(site.path("state", "state.db"), 0);
  expect(store.uses()).toEqual([{ payer: "account 1001", record: { minutes: 7 } }]);
  store.close();
  const [aside = ""] = readdirSync(site.path("state")).filter((name) => name.startsWith("before-restore-"));
  expect(readdirSync(site.path("state", aside))).toContain("left-by-c2");
  const time = aside.slice("before-restore-".length);
  expect(readFileSync(site.path("secrets", `a.before-restore-${time}`), "utf8")).toBe("another");
  expect(readdirSync(site.dir).filter((name) => name.endsWith(".restoring"))).toEqual([]);
});

test("on a bare machine it is made from nothing", async () => {
  for (const name of ["state", "secrets", "sbc.yaml"]) rmSync(site.path(name), { recursive: true });
  expect(await restore()).toMatchObject({ code: 0 });
  expect(calls()).toEqual(["c1"]);
  expect(readdirSync(site.path("state")).some((name) => name.startsWith("before"))).toBe(false);
});

test("cut, altered, or with a wrong key it is refused, and nothing is touched", async () => {
  const whole = readFileSync(backup);
  const stranger = site.path("other.key");
  writeFileSync(stranger, keyFileText(await newKey(), 0));
  const before = seen();
  const refusals: string[] = [];
  const attempt = async (key = site.keyFile): Promise<void> => {
    const { code, err } = await site.say("restore", backup, "--key", key, "--config", site.config);
    refusals.push(`${code} ${err.trim()}`);
  };
  await attempt(stranger);
  for (const length of [0, 10, 150, 300, whole.length - 70_000, whole.length - 20, whole.length - 1]) {
    truncateSync(backup, length);
    await attempt();
    writeFileSync(backup, whole);
  }
  for (const place of [30, 120, 260, 5_000, whole.length - 3]) {
    const altered = Buffer.from(whole);
    altered[place] = (altered[place] ?? 0) ^ 1;
    writeFileSync(backup, altered);
    await attempt();
    writeFileSync(backup, whole);
  }
  expect(refusals[0]).toBe("2 ringfence: none of the keys opens it. Nothing was touched; take another backup.");
  expect(refusals.filter((said) => !said.startsWith("2 ringfence: ") || !said.includes("othing was touched"))).toEqual(
    [],
  );
  expect(seen()).toEqual(before);
}, 60_000);

test("a forged archive writes nowhere but beside the configuration and into a folder of state", async () => {
  const elsewhere = site.path("elsewhere");
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, "notes"), "of somebody else");
  const text = readFileSync(site.config, "utf8");
  writeFileSync(site.config, text.replace("secrets/a", join(site.dir, "..", `far-${process.pid}`)));
  writeFileSync(join(site.dir, "..", `far-${process.pid}`), "x");
  backup = site.path((await made()) ?? "");
  rmSync(join(site.dir, "..", `far-${process.pid}`));
  expect((await restore()).err).toContain(`it would write outside of ${site.dir}`);
  writeFileSync(site.config, text);
  expect((await site.say("restore", backup, "--key", site.keyFile)).err).toContain(`Say --config ${site.config}`);
  writeFileSync(site.config, text.replace("dir: state", "dir: elsewhere"));
  mkdirSync(site.path("kept"));
  renameSync(join(elsewhere, "notes"), site.path("kept", "notes"));
  backup = site.path((await made()) ?? "");
  rmSync(elsewhere, { recursive: true });
  renameSync(site.path("kept"), elsewhere);
  expect((await restore()).err).toContain("holds something else than the state of Ringfence");
  expect(readdirSync(elsewhere)).toEqual(["notes"]);
});

/** A journal as a restore leaves it that dies right after it was written, with its moves as they are at that moment. */
async function interrupted(): Promise<Journal> {
  const journal = site.path("sbc.yaml.restoring");
  // Somebody else's folder in the way of the last move: what was moved goes back, the journal is read before.
  await restore();
  const time =
    readdirSync(site.path("state"))
      .find((name) => name.startsWith("before-restore-"))
      ?.slice(15) ?? "";
  const state = (name: string): string => site.path("state", name);
  const files = readdirSync(state(`before-restore-${time}`));
  const moves: [string, string][] = [
    ...files.map((name): [string, string] => [state(name), state(`before-restore-${time}/${name}`)]),
    ...readdirSync(site.path("state"))
      .filter((name) => !name.startsWith("before") && !name.endsWith("-wal") && !name.endsWith("-shm"))
      .map((name): [string, string] => [state(`.restore-${time}/state/${name}`), state(name)]),
  ];
  mkdirSync(state(`.restore-${time}/state`), { recursive: true });
  for (const [from, to] of [...moves].reverse()) if (existsSync(to) && !existsSync(from)) renameSync(to, from);
  const found: Journal = {
    ...{ format: 1, by: "1 1", backup: "b", stateDir: site.path("state"), moves },
    sweep: [state(`.restore-${time}`)],
  };
  writeFileSync(journal, JSON.stringify(found));
  return found;
}

test("wherever it dies, whoever comes next ends it: the old machine is whole before, the new one after", async () => {
  site.addCall("c2");
  const { moves } = await interrupted();
  expect(calls()).toEqual(["c1", "c2"]);
  const journal = readFileSync(site.path("sbc.yaml.restoring"));
  for (let dies = 0; dies <= moves.length; dies++) {
    for (const [from, to] of moves.slice(0, dies)) {
      mkdirSync(join(to, ".."), { recursive: true });
      if (existsSync(from) && !existsSync(to)) renameSync(from, to);
    }
    expect(await site.say("restore", "--finish", "--config", site.config)).toMatchObject({
      code: 0,
      out: expect.stringContaining("is finished"),
    });
    expect(calls()).toEqual(["c1"]);
    expect(readdirSync(site.path("state")).some((name) => name.startsWith(".restore"))).toBe(false);
    // Back to where it was, for the next death.
    mkdirSync(join(moves.at(-1)?.[0] ?? "", ".."), { recursive: true });
    for (const [from, to] of [...moves].reverse()) if (existsSync(to) && !existsSync(from)) renameSync(to, from);
    writeFileSync(site.path("sbc.yaml.restoring"), journal);
  }
});

test("a journal of a process that lives is left to it, and one that nobody can read is said", async () => {
  const journal = await interrupted();
  const at = site.path("sbc.yaml.restoring");
  writeFileSync(at, JSON.stringify({ ...journal, by: markOfProcess(process.ppid) }));
  const finish = (): Promise<Said> => site.say("restore", "--finish", "--config", site.config);
  expect(await finish()).toMatchObject({ code: 2, err: expect.stringContaining("a restore is going on") });
  writeFileSync(at, "{");
  expect(await finish()).toMatchObject({ code: 2, err: expect.stringContaining("no journal of a restore") });
  rmSync(at);
  expect(await finish()).toEqual({ code: 0, out: "", err: "" });
});
