/** The accounts of `authentication: edge`: read with the configuration, and part of what a reload compares. */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type Accounts, type Config, loadAccounts, RingfenceError } from "@ringfence/policy";
import { ConfigError } from "./failures.ts";

export interface AccountsFile {
  readonly accounts: Accounts;
  /** For the digest of a configuration. */
  readonly text: string;
  readonly warnings: readonly string[];
}

const largestFile = 2_097_152;

/**
 * Undefined when the configuration uses none.
 * @throws ConfigError with every problem of the file; RingfenceError `accounts-unreadable`
 */
export function readAccounts({ phones }: Config, dir: string): AccountsFile | undefined {
  if (phones.authentication !== "edge" || phones.accounts === undefined) return undefined;
  const path = resolve(dir, phones.accounts);
  const text = readText(phones.accounts, path);
  const loaded = loadAccounts(text);
  if (!loaded.ok) throw new ConfigError(phones.accounts, loaded.issues);
  const open = (statSync(path).mode & 0o007) !== 0;
  const warning = `phones.accounts can be read by every user of this machine. chmod o= ${phones.accounts}`;
  return { accounts: loaded.accounts, text, warnings: open ? [warning] : [] };
}

function readText(name: string, path: string): string {
  try {
    if (statSync(path).size <= largestFile) return readFileSync(path, "utf8");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "does not exist" : "cannot be read";
    throw unreadable(`${name} ${why}`, "Check the path and its permissions.");
  }
  throw unreadable(`${name} is larger than any list of accounts`, "Name a YAML file.");
}

function unreadable(what: string, remedy: string): RingfenceError {
  return new RingfenceError("accounts-unreadable", `phones.accounts: ${what}`, remedy);
}
