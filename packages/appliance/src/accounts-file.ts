/** The accounts of `authentication: edge`: read with the configuration, and part of what a reload compares. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { type Accounts, type Config, loadAccounts } from "@ringfence/policy";
import { ConfigError } from "./failures.ts";
import { readNamedFile } from "./named-file.ts";
import { overlapWarning } from "./secrets/overlap.ts";
import type { SeenSecret } from "./secrets/secret-ages.ts";

export interface AccountsFile {
  readonly accounts: Accounts;
  /** For the digest of a configuration. */
  readonly text: string;
  readonly seen: readonly SeenSecret[];
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
  const name = phones.accounts;
  const text = readNamedFile({ key: "phones.accounts", code: "accounts-unreadable", name, path, largest: largestFile });
  const loaded = loadAccounts(text);
  if (!loaded.ok) throw new ConfigError(phones.accounts, loaded.issues);
  const open = (statSync(path).mode & 0o007) !== 0;
  const warning = `phones.accounts can be read by every user of this machine. chmod o= ${phones.accounts}`;
  const warnings = [...(open ? [warning] : []), ...overlapWarnings(loaded.accounts, Date.now())];
  return { accounts: loaded.accounts, text, seen: secretsOf(loaded.accounts), warnings };
}

function secretsOf(accounts: Accounts): readonly SeenSecret[] {
  return [...accounts].map(([user, { password, ha1 }]) => {
    return { name: `phones.accounts.${user}`, text: password ?? JSON.stringify(ha1), changedAt: undefined };
  });
}

/** A line each, and not for every phone of a big site. */
const mostNamed = 10;

function overlapWarnings(accounts: Accounts, now: number): readonly string[] {
  const lines = [...accounts].flatMap(([user, { previous }]) => {
    return previous === undefined ? [] : [overlapWarning(`phones.accounts: ${user}`, previous.until, now)];
  });
  const left = lines.length - mostNamed;
  return left > 0 ? [...lines.slice(0, mostNamed), `phones.accounts: ${left} more are being changed`] : lines;
}
