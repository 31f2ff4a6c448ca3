import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@ringfence/policy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readEnvironment } from "../environment.ts";
import type { Loaded } from "../loading.ts";
import { createLog } from "../logs/logger.ts";
import { SecretAges } from "./secret-ages.ts";
import { oldFiles, SecretWatch } from "./secret-watch.ts";
import { loadTrunkPasswords } from "./trunk-passwords.ts";

let dir: string;
let kept: Map<string, unknown>;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-secrets-"));
  kept = new Map();
});
afterEach(() => rmSync(dir, { recursive: true }));

const DAY = 86_400_000;
const keeper = () => ({
  key: new Uint8Array(32).fill(7),
  restored: [...kept],
  keep: (name: string, record: unknown) => void (record === undefined ? kept.delete(name) : kept.set(name, record)),
});
const seen = (text: string, changedAt?: number) => [{ name: "trunks.a.credentials.password", text, changedAt }];

test("the age of a secret is that of its content, over restarts; what is kept does not hold it", () => {
  new SecretAges(keeper()).note(seen("Tj6-amber-90"), 10 * DAY);
  const again = new SecretAges(keeper());
  again.note(seen("Tj6-amber-90"), 12 * DAY);
  expect(again.ages).toEqual([{ name: "trunks.a.credentials.password", since: 10 * DAY }]);
  again.note(seen("another-one-5"), 13 * DAY);
  expect(again.ages[0]?.since).toBe(13 * DAY);
  // What was put back is no old friend.
  again.note(seen("Tj6-amber-90"), 14 * DAY);
  expect(again.ages[0]?.since).toBe(14 * DAY);
  expect(JSON.stringify([...kept])).not.toMatch(/amber|another/);
  again.note([], 15 * DAY);
  expect([again.ages, kept.size]).toEqual([[], 0]);
});

test("the time of a file says how old it was when it was first seen, and never makes a secret older than its change", () => {
  const ages = new SecretAges(keeper());
  ages.note(seen("Tj6-amber-90", 2 * DAY), 10 * DAY);
  expect(ages.ages[0]?.since).toBe(2 * DAY);
  ages.note(seen("another-one-5", 1 * DAY), 11 * DAY);
  expect(ages.ages[0]?.since).toBe(11 * DAY);
  ages.note(seen("a-third-one-7", 99 * DAY), 12 * DAY);
  expect(ages.ages[0]?.since).toBe(12 * DAY);
});

test("records of another shape are none", () => {
  kept.set("trunks.a.credentials.password", { mark: 1 });
  const ages = new SecretAges(keeper());
  ages.note(seen("Tj6-amber-90"), 3 * DAY);
  expect(ages.ages[0]?.since).toBe(3 * DAY);
});

function trunk(password: string) {
  const text = `pbx: { address: "10.0.0.5" }
phones: { domains: [a.example] }
trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }], credentials: { user: "4930777", password: ${password} } }]
`;
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loadTrunkPasswords(loaded.config, dir, readEnvironment({ OLD: "the one before" }), 20 * DAY);
}

function file(name: string, text: string): void {
  writeFileSync(join(dir, name), text, { mode: 0o600 });
}

test("a trunk's password is read with what it was before, and said to be under way or over", () => {
  file("new", "Tj6-amber-90\n");
  const later = trunk("{ file: new, previous: { env: OLD, until: 1970-02-01T12:00Z } }");
  expect(later).toMatchObject({
    passwords: new Map([["a", "Tj6-amber-90"]]),
    previous: new Map([["a", { password: "the one before", until: 31.5 * DAY }]]),
    warnings: ["trunks.a.credentials.password: what it was before holds too until 1970-02-01T12:00Z"],
  });
  const over = trunk("{ file: new, previous: { env: OLD, until: 1970-01-02 } }");
  expect(over.warnings).toEqual([
    "trunks.a.credentials.password: what it was before holds no longer. Take `previous` out",
  ]);
});

test.each([
  ["short", "x9-Qw3k", "fewer than 8"],
  ["with the user name", "x-4930777-y", "user name"],
  ["a row", "Kx-2345678-w", "row of characters"],
  ["a common word", "Welcome-x9-7", "guessing programs"],
])("a trunk's password that is %s is refused, and not shown", (_what, password, why) => {
  file("new", password);
  expect(() => trunk("{ file: new }")).toThrow(why);
  expect(() => trunk("{ file: new }")).not.toThrow(password);
});

test("a file that everybody may read is said", () => {
  file("new", "Tj6-amber-90");
  chmodSync(join(dir, "new"), 0o644);
  const [warning] = trunk("{ file: new }").warnings;
  expect(warning).toBe("trunks.a.credentials.password can be read by every user of this machine. chmod o= new");
});

test("what is older than secrets.max_age is said in words and in metrics, of accounts the oldest", () => {
  const accountSecrets = ["1001", "1002"].map((user) => ({
    name: `phones.accounts.${user}`,
    text: user,
    changedAt: undefined,
  }));
  const loaded = {
    file: { config: { secrets: { maxAgeMs: 30 * DAY } } },
    alertSecrets: { seen: [] },
    certificates: { seen: [{ name: "certificates.edge.key", text: "key", changedAt: 5 * DAY }] },
    trunkPasswords: { seen: seen("Tj6-amber-90", 50 * DAY) },
    fraudSecret: { seen: [] },
    captureKey: { seen: [] },
    accountSecrets,
  } as unknown as Loaded;
  const lines: string[] = [];
  const log = createLog({ level: "info", mask: "off" }, undefined, { write: (line) => void lines.push(line) });
  let now = 60 * DAY;
  const watch = new SecretWatch(keeper(), log, () => now);
  watch.apply(loaded);
  const key = "certificates.edge.key is the same for 55 days (secrets.max_age). Change it";
  expect(watch.warnings()).toEqual([key]);
  expect(oldFiles(loaded, now)).toEqual([key]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ event: "secret", level: "warn", detail: key }]);
  now = 91 * DAY;
  expect(watch.warnings().at(-1)).toBe(
    "passwords of accounts are the same for up to 31 days (secrets.max_age): 1001, 1002",
  );
  expect(watch.samples().map(({ labels, value }) => [labels?.secret, value / 86_400])).toEqual([
    ["certificates.edge.key", 86],
    ["trunks.a.credentials.password", 41],
    ["phones.accounts", 31],
  ]);
});
