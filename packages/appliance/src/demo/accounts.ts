/** The demo's two extensions. Passwords are made once and kept, so that a softphone can stay configured. */
import { randomInt } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface DemoAccount {
  readonly user: string;
  readonly password: string;
}

const users = ["1001", "1002"];
/** Easy to read aloud and to type on a phone: no letters or digits that look alike. */
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

/** @param dir exists; the file in it is the PBX stand-in's accounts file */
export function keepAccounts(dir: string): { readonly file: string; readonly accounts: readonly DemoAccount[] } {
  const file = join(dir, "accounts.json");
  const kept = readAccounts(file);
  if (kept !== undefined) return { file, accounts: kept };
  const accounts = users.map((user) => ({ user, password: makePassword() }));
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const fresh = `${file}.new`;
  // The PBX bans whoever fails to log in too often; here that would always be Ringfence, so it is on the white list.
  const data = { accounts, accept: ["127.0.0.1", "127.0.0.2"] };
  writeFileSync(fresh, `${JSON.stringify(data, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, file);
  return { file, accounts };
}

/** Three groups of four from 31 characters: 59 bits. */
function makePassword(): string {
  const group = (): string => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join("");
  return [group(), group(), group()].join("-");
}

export function readAccounts(file: string): readonly DemoAccount[] | undefined {
  try {
    const { accounts } = JSON.parse(readFileSync(file, "utf8")) as { readonly accounts: readonly DemoAccount[] };
    const complete = users.every((user) => accounts.some((a) => a.user === user && typeof a.password === "string"));
    return complete ? accounts : undefined;
  } catch {
    return undefined;
  }
}
