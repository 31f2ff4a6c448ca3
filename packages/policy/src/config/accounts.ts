import type { ConfigIssue, ConfigIssueCode } from "../issue.ts";
import { isOneOf } from "./leaf.ts";
import { readMoment } from "./moment.ts";
import { passwordWeakness } from "./password.ts";
import { type PathStep, readYaml } from "./yaml-document.ts";

export type AccountAlgorithm = "MD5" | "SHA-256";

/** H(user:realm:password) in lower-case hexadecimal, for who does not want passwords in a file. */
export interface StoredHash {
  readonly realm: string;
  readonly algorithm: AccountAlgorithm;
  readonly hash: string;
}

interface AccountSecret {
  readonly password: string | undefined;
  readonly ha1: readonly StoredHash[];
}

export interface AccountConfig extends AccountSecret {
  /** What it was before a change, and holds until then too: milliseconds since 1970. */
  readonly previous?: (AccountSecret & { readonly until: number }) | undefined;
}

export type Accounts = ReadonlyMap<string, AccountConfig>;

export type LoadedAccounts =
  | { readonly ok: true; readonly accounts: Accounts }
  | { readonly ok: false; readonly issues: readonly ConfigIssue[] };

const nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+";
const hashLengths: ReadonlyMap<string, number> = new Map([
  ["MD5", 32],
  ["SHA-256", 64],
]);
const maxHashes = 8;

type Complaint = (path: readonly PathStep[], code: ConfigIssueCode, message: string, remedy: string) => undefined;

/**
 * Text of an accounts file: user → `{ password }` or `{ ha1: [{ realm, algorithm, hash }] }`, and while a phone gets another one
 * `previous: { password or ha1, until }`. No message repeats a secret.
 */
export function loadAccounts(text: string): LoadedAccounts {
  const file = readYaml(text);
  const issues: ConfigIssue[] = file.findings.map(({ code, severity, message, remedy, path, place }) => {
    const { line, column } = place ?? file.locate(path, "value");
    return { code, severity, message, remedy, path: path.join("."), line, column };
  });
  const complain: Complaint = (path, code, message, remedy) => {
    const { line, column } = file.locate(path, "value");
    issues.push({ code, severity: "error", path: path.join("."), line, column, message, remedy });
    return undefined;
  };
  const accounts = new Map<string, AccountConfig>();
  const usedBy = new Map<string, string>();
  const { value } = file;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    if (issues.length === 0) complain([], "wrong-type", "is no map of users", 'write "1001": { password: ... }');
  } else {
    for (const [user, entry] of Object.entries(value)) {
      const account = readAccount(user, entry, complain);
      if (account === undefined) continue;
      accounts.set(user, account);
      const { password = "" } = account;
      const other = usedBy.get(password);
      if (other !== undefined) {
        const message = `is the password of ${other} too: whoever learns one has both`;
        complain([user, "password"], "weak-password", message, anotherPassword);
      } else if (password !== "") usedBy.set(password, user);
    }
  }
  return issues.length > 0 ? { ok: false, issues: issues.sort((a, b) => a.line - b.line) } : { ok: true, accounts };
}

function readAccount(user: string, entry: unknown, complain: Complaint): AccountConfig | undefined {
  if (user.length > 64 || !isOneOf(user, nameCharacters)) {
    return complain([user], "bad-format", "is no user name", "use up to 64 letters, digits, - _ . and +");
  }
  const fields = fieldsOf([user], entry, ["password", "ha1", "previous"], complain);
  const now = fields && readSecret([user], fields, complain);
  if (fields === undefined || now === undefined) return undefined;
  const weakness = now.password === undefined ? undefined : passwordWeakness(user, now.password);
  if (weakness !== undefined) return complain([user, "password"], "weak-password", weakness, anotherPassword);
  const before = fields.get("previous");
  if (before === undefined) return now;
  const previous = readPrevious([user, "previous"], before, complain);
  return previous && { ...now, previous };
}

const anotherPassword = "make one with `openssl rand -base64 18`, and change it in the phone too";

/** An old one may be weak: that may be why it is changed. */
function readPrevious(
  path: readonly PathStep[],
  entry: unknown,
  complain: Complaint,
): AccountConfig["previous"] | undefined {
  const fields = fieldsOf(path, entry, ["password", "ha1", "until"], complain);
  const secret = fields && readSecret(path, fields, complain);
  const until = readMoment(fields?.get("until"));
  if (secret === undefined) return undefined;
  if (until !== undefined) return { ...secret, until: until.ms };
  return complain(path, "missing-key", "does not say until when it holds", "write until: 2026-12-01T06:00Z");
}

function readSecret(
  path: readonly PathStep[],
  fields: ReadonlyMap<string, unknown>,
  complain: Complaint,
): AccountSecret | undefined {
  const password = fields.get("password");
  const ha1 = fields.get("ha1");
  if (password === undefined && ha1 === undefined) {
    return complain(path, "missing-key", "has neither password nor ha1", "write one of them");
  }
  const hashes = ha1 === undefined ? [] : readHashes([...path, "ha1"], ha1, complain);
  if (password !== undefined && typeof password !== "string") {
    return complain([...path, "password"], "wrong-type", "is no text", "put it in quotes");
  }
  return hashes && { password, ha1: hashes };
}

function readHashes(at: readonly PathStep[], value: unknown, complain: Complaint): readonly StoredHash[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > maxHashes) {
    const message = `is no list of 1 to ${maxHashes} hashes`;
    return complain(at, "wrong-type", message, "write [{ realm: ..., algorithm: SHA-256, hash: ... }]");
  }
  const hashes: StoredHash[] = [];
  for (const [place, entry] of value.entries()) {
    const path = [...at, place];
    const fields = fieldsOf(path, entry, ["realm", "algorithm", "hash"], complain);
    const [realm, algorithm, hash] = ["realm", "algorithm", "hash"].map((name) => fields?.get(name));
    const length = hashLengths.get(String(algorithm));
    if (typeof realm !== "string" || realm === "") complain(path, "missing-key", "names no realm", "write realm: ...");
    else if (length === undefined) complain(path, "bad-value", "has no known algorithm", "use MD5 or SHA-256");
    else if (typeof hash !== "string" || hash.length !== length || !isOneOf(hash, "0123456789abcdef")) {
      complain(path, "bad-format", "has no hash of its algorithm", `write ${length} lower-case hexadecimal digits`);
    } else hashes.push({ realm, algorithm: algorithm as AccountAlgorithm, hash });
  }
  return hashes.length === value.length ? hashes : undefined;
}

function fieldsOf(
  path: readonly PathStep[],
  entry: unknown,
  known: readonly string[],
  complain: Complaint,
): ReadonlyMap<string, unknown> | undefined {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    return complain(path, "wrong-type", "is no map", `write { ${known.join(": ..., ")}: ... }`);
  }
  const fields = new Map(Object.entries(entry));
  for (const name of fields.keys()) {
    if (known.includes(name)) continue;
    complain([...path, name], "unknown-key", "no such key exists here", `known here: ${known.join(", ")}`);
  }
  return fields;
}
