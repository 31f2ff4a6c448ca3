import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, loadConfig } from "@ringfence/policy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readAccounts } from "./accounts-file.ts";
import { describeFailure } from "./failures.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-accounts-"));
});

afterEach(() => rmSync(dir, { recursive: true }));

function config(phones: string): Config {
  const loaded = loadConfig(`pbx: { address: "10.0.0.5" }\nphones:\n  domains: [pbx.example.com]\n  ${phones}\n`);
  if (!loaded.ok) throw new Error("the configuration is wrong");
  return loaded.config;
}

const edge = "authentication: edge\n  accounts: { file: accounts.yaml }";

test("accounts are read beside the configuration, and a file that everybody may read is warned about", () => {
  const file = join(dir, "accounts.yaml");
  writeFileSync(file, '"1001": { password: "correct horse battery" }', { mode: 0o600 });
  expect(readAccounts(config(edge), dir)).toMatchObject({ warnings: [] });
  chmodSync(file, 0o644);
  expect(readAccounts(config(edge), dir)?.warnings).toHaveLength(1);
  expect(readAccounts(config("authentication: relay"), dir)).toBeUndefined();
});

test("a weak password keeps the configuration from being used, with its place and without itself", () => {
  writeFileSync(join(dir, "accounts.yaml"), '"100": { password: "100" }');
  let lines: readonly string[] = [];
  try {
    readAccounts(config(edge), dir);
  } catch (error) {
    lines = describeFailure(error);
  }
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^accounts\.yaml:1:\d+: 100\.password: is a password of fewer than 10 characters/);
});

test("a missing file is said by its name", () => {
  expect(() => readAccounts(config(edge), dir)).toThrow("phones.accounts: accounts.yaml does not exist");
});
