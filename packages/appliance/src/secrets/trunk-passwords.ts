/** Passwords that carriers gave us, read where the configuration says. */
import { type Config, passwordWeakness, RingfenceError } from "@ringfence/policy";
import type { Environment } from "../environment.ts";
import { overlapWarning } from "./overlap.ts";
import { type ReadSecret, readSecret } from "./read-secret.ts";
import type { SeenSecret } from "./secret-ages.ts";

/** A carrier makes them, and some make them short. */
const shortest = 8;

export interface TrunkPasswords {
  /** By trunk. */
  readonly passwords: ReadonlyMap<string, string>;
  /** What they were before, and until when that holds: milliseconds since 1970. */
  readonly previous: ReadonlyMap<string, { readonly password: string; readonly until: number }>;
  readonly seen: readonly SeenSecret[];
  readonly warnings: readonly string[];
}

/** @throws RingfenceError `secret-missing`, `secret-weak`, `certificate-unreadable` */
export function loadTrunkPasswords(
  { trunks }: Config,
  dir: string,
  environment: Environment,
  now: number,
): TrunkPasswords {
  const passwords = new Map<string, string>();
  const previous = new Map<string, { readonly password: string; readonly until: number }>();
  const seen: SeenSecret[] = [];
  const warnings: string[] = [];
  for (const { name, credentials } of trunks) {
    if (credentials === undefined) continue;
    const key = `trunks.${name}.credentials.password`;
    const read = readSecret(key, credentials.password, dir, environment);
    const password = passwordIn(key, read);
    const weakness = passwordWeakness(credentials.user, password, shortest);
    if (weakness !== undefined) {
      throw new RingfenceError(
        "secret-weak",
        `${key} ${weakness}`,
        "Get another one from the carrier, or make one in its portal.",
      );
    }
    passwords.set(name, password);
    seen.push({ name: key, text: password, changedAt: read.changedAt });
    warnings.push(...read.warnings);
    const { previous: before } = credentials;
    if (before === undefined) continue;
    const old = readSecret(`${key}.previous`, before.source, dir, environment);
    previous.set(name, { password: passwordIn(`${key}.previous`, old), until: before.until.ms });
    warnings.push(...old.warnings, overlapWarning(key, before.until.ms, now));
  }
  return { passwords, previous, seen, warnings };
}

/** Editors end a file with a new line; no password does. */
function passwordIn(key: string, { text }: ReadSecret): string {
  const password = text.trimEnd();
  if (password !== "") return password;
  throw new RingfenceError("secret-missing", `${key}: is empty`, "Write the password there.");
}
