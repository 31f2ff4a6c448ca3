/** `ringfence backup`: one now. It reads the files itself: Ringfence may run or not. */
import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { isAgeRecipient, RingfenceError } from "@ringfence/policy";
import { keptBackups } from "../backup/backup-folder.ts";
import { type BackupReason, backupReasons } from "../backup/backup-name.ts";
import { noteBackup } from "../backup/backup-notes.ts";
import { copyAway } from "../backup/copy-away.ts";
import { type BackupReport, makeBackup } from "../backup/make-backup.ts";
import { keyFileText, newKey } from "../backup/new-key.ts";
import type { CliContext } from "../cli.ts";
import { type ConfigFile, readConfigFile } from "../config-file.ts";
import { noteOnDisk } from "../control/audit-trail.ts";
import type { Environment } from "../environment.ts";
import { exitCodes } from "../failures.ts";
import { listInstances } from "../instances.ts";
import { possibleStateDirs } from "../state-dir.ts";
import { usualConfig } from "../usual-config.ts";

export interface BackupOptions {
  readonly config?: string;
  readonly to?: string;
  readonly encryptTo?: readonly string[];
  readonly reason?: string;
  readonly ifDue?: boolean;
  readonly ifConfigured?: boolean;
  readonly newKey?: string;
  readonly json?: boolean;
}

/** What is to be made; text: why nothing is. */
type Plan = string | Wanted;

interface Wanted {
  readonly file: ConfigFile;
  readonly stateDir: string;
  readonly folder: string;
  readonly encryptTo: readonly string[];
  readonly keep: number | undefined;
  readonly copy: readonly string[] | undefined;
  readonly reason: BackupReason;
}

/** @throws RingfenceError, ConfigError */
export async function backup(options: BackupOptions, { environment, terminal }: CliContext): Promise<number> {
  const now = Date.now();
  if (options.newKey !== undefined) return makeKey(options.newKey, now, terminal);
  const plan = planOf(options, environment, now);
  if (typeof plan === "string") {
    terminal.out(options.json === true ? JSON.stringify({ file: null, why: plan }) : plan);
    return exitCodes.ok;
  }
  const { file, stateDir, folder, encryptTo, keep, reason, copy } = plan;
  const report = await makeBackup({ config: file.path, stateDir, folder, encryptTo, keep, reason, now });
  const note = { at: report.at, file: report.file, size: report.size, keys: encryptTo.length };
  noteBackup(stateDir, { ...note, copied: null });
  const act = { act: "backup", object: report.file, by: environment.userName, via: "cli", result: "done" } as const;
  noteOnDisk(stateDir, { ...act, detail: reason });
  if (copy !== undefined) {
    await copyAway(copy, report.file);
    noteBackup(stateDir, { ...note, copied: Date.now() });
  }
  if (options.json === true) terminal.out(JSON.stringify({ ...report, copied: copy !== undefined }));
  else {
    for (const line of said(report, plan)) terminal.out(line);
    for (const line of lacks(report)) terminal.warning(line);
  }
  return exitCodes.ok;
}

/** @throws RingfenceError for a file that is there: nobody wants to lose the key of old backups */
async function makeKey(path: string, now: number, terminal: CliContext["terminal"]): Promise<number> {
  const key = await newKey();
  try {
    writeFileSync(path, keyFileText(key, now), { mode: 0o600, flag: "wx" });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw usage(`${path} cannot be made (${code})`, "Name a file that is not there yet.");
  }
  terminal.out(`backup: { encrypt_to: [${key.recipient}] }`);
  terminal.warning(`${path} opens every backup made with that: take it to where this machine is not`);
  return exitCodes.ok;
}

function planOf(options: BackupOptions, environment: Environment, now: number): Plan {
  const { to, encryptTo, ifDue = false } = options;
  const reason = backupReasons.find((one) => one === (options.reason ?? "by-hand"));
  if (reason === undefined)
    throw usage(`--reason ${options.reason} is not known`, `Write ${backupReasons.join(", ")}.`);
  const wrong = encryptTo?.find((key) => !isAgeRecipient(key));
  if (wrong !== undefined) {
    throw usage(`--encrypt-to ${wrong} is no public key of age`, "Write what age-keygen says after `Public key:`.");
  }
  const optional = ifDue || options.ifConfigured === true || reason === "upgrade";
  const name = options.config ?? foundConfig(environment);
  if (optional && (name === undefined || !existsSync(name)))
    return "no configuration is here: there is nothing to back up";
  if (name === undefined) throw usage("no Ringfence runs here", "Name its configuration with --config FILE.");
  const file = readConfigFile(name);
  const wanted = file.config.backup;
  const keys = encryptTo ?? wanted?.encryptTo;
  if (keys === undefined) {
    const remedy = "Add `backup: { encrypt_to: [age1...] }` to it, or name a key with --encrypt-to.";
    if (optional) return `${name} wants no backups`;
    throw usage(`${name} names no key to encrypt a backup to`, remedy);
  }
  const stateDir = possibleStateDirs(file.config.state.dir, file.dir, environment).find((dir) => existsSync(dir));
  if (stateDir === undefined) {
    if (optional) return `${name} has no state yet: there is nothing to back up`;
    throw usage(`${name} has no state folder yet`, "It is there when Ringfence has run.");
  }
  const folder = to === undefined ? resolve(file.dir, wanted?.to ?? defaultFolder) : resolve(to);
  if (ifDue && !isDue(folder, wanted?.everyMs, now)) return "the last backup is recent enough";
  // What somebody asked for into another place is theirs to remove, and to take away.
  const own = to === undefined ? wanted : undefined;
  return { file, stateDir, folder, encryptTo: keys, keep: own?.keep, copy: own?.copy, reason };
}

const defaultFolder = "/var/backups/ringfence";

/** At the multiples of the interval, as the service does it. */
function isDue(folder: string, everyMs: number | undefined, now: number): boolean {
  const last = keptBackups(folder, now)[0];
  return everyMs !== undefined && (last === undefined || last.at < Math.floor(now / everyMs) * everyMs);
}

/** @throws RingfenceError `several-running` */
function foundConfig(environment: Environment): string | undefined {
  const configs = [...new Set(listInstances(environment).map(({ config }) => config))];
  if (configs.length > 1) {
    throw new RingfenceError("several-running", `${configs.length} run here`, "Name one with its --config.");
  }
  return configs[0] ?? (existsSync(usualConfig) ? usualConfig : undefined);
}

function said({ file, files, size, removed }: BackupReport, { encryptTo, copy }: Wanted): readonly string[] {
  const keys = `${encryptTo.length} ${encryptTo.length === 1 ? "key" : "keys"}`;
  return [
    `${file}: ${files} files, ${inUnits(size)}, encrypted to ${keys}`,
    ...(copy === undefined ? [] : [`copied with ${copy[0] ?? ""}`]),
    ...(removed.length === 0 ? [] : [`removed: ${removed.join(", ")}`]),
  ];
}

function lacks({ missing, environment }: BackupReport): readonly string[] {
  return [
    ...missing.map((name) => `not in it, because it is not there: ${name}`),
    ...environment.map((name) => `not in it: the secret ${name} comes from the environment; keep it elsewhere`),
  ];
}

function inUnits(size: number): string {
  return size < 1_000_000 ? `${Math.ceil(size / 1_000)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}

function usage(message: string, remedy: string): RingfenceError {
  return new RingfenceError("usage", message, remedy);
}
