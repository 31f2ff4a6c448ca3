/** `ringfence restore`: this machine made from a backup, or a backup proven to be one that a machine can be made from. */
import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import { noteVerify } from "../backup/backup-notes.ts";
import type { CliContext } from "../cli.ts";
import { readConfigFile } from "../config-file.ts";
import { exitCodes } from "../failures.ts";
import type { BackupFile } from "../restore/read-backup.ts";
import { readKeys } from "../restore/read-key.ts";
import { finishRestore, type RestoreReport, restore as restoreBackup } from "../restore/restore.ts";
import { possibleStateDirs } from "../state-dir.ts";
import { reportLines } from "../test-call/report-text.ts";
import { usualConfig } from "../usual-config.ts";

export interface RestoreOptions {
  readonly key?: string;
  readonly config?: string;
  readonly outside?: boolean;
  readonly finish?: boolean;
  readonly verify?: boolean;
}

/** @throws RingfenceError, ConfigError */
export async function restore(
  path: string | undefined,
  options: RestoreOptions,
  { environment, terminal }: CliContext,
): Promise<number> {
  const { key, config, outside = false } = options;
  if (options.finish === true) {
    const finished = finishRestore(resolve(config ?? usualConfig), environment);
    if (finished !== undefined) terminal.out(`the restore of ${finished} is finished`);
    return exitCodes.ok;
  }
  if (path === undefined) throw usage("no backup is named", "ringfence restore FILE --key KEYFILE");
  if (key === undefined) throw usage("no key is named", "Name the file of age-keygen with --key FILE.");
  const backup = { path: resolve(path), keys: readKeys(key) };
  if (options.verify === true) return verify(backup, config, { environment, terminal });
  const report = await restoreBackup(backup, { config, outside }, environment);
  for (const line of said(report)) terminal.out(line);
  for (const name of report.manifest.environment) {
    terminal.warning(`not in it: the secret ${name}, which comes from the environment`);
  }
  return exitCodes.ok;
}

async function verify(
  backup: BackupFile,
  config: string | undefined,
  { environment, terminal }: CliContext,
): Promise<number> {
  const { verifyBackup } = await import("../restore/verify/verify.ts");
  const { manifest, call } = await verifyBackup(backup, environment, (line) => terminal.out(line));
  for (const line of reportLines(call, terminal)) terminal.out(line);
  const result = call.ok ? "a call went through a machine made from it" : "no call went through a machine made from it";
  terminal.out(`${basename(backup.path)}: ${result}`);
  const stateDir = stateHere(config ?? usualConfig, environment);
  if (stateDir === undefined) return call.ok ? exitCodes.ok : exitCodes.refused;
  noteVerify(stateDir, {
    ...{ at: Date.now(), file: basename(backup.path), made: Date.parse(manifest.made) },
    ...{ ok: call.ok, said: result },
  });
  return call.ok ? exitCodes.ok : exitCodes.refused;
}

/** Of the machine that this is done on, where `audit` looks for it; undefined: this one serves nobody. */
function stateHere(config: string, environment: CliContext["environment"]): string | undefined {
  if (!existsSync(config)) return undefined;
  const file = readConfigFile(config);
  return possibleStateDirs(file.config.state.dir, file.dir, environment).find((dir) => existsSync(dir));
}

function said({ manifest, config, stateDir, before }: RestoreReport): readonly string[] {
  const { made, host, product, files } = manifest;
  return [
    `restored from ${made} (${host}, version ${product}): ${files.length} files, all as they were`,
    `configuration ${config}, state ${stateDir}`,
    ...(before.length === 0 ? [] : [`what was there before: ${before.join(", ")}`]),
    `start it: systemctl start ringfence, or ./ringfence start --config ${config}`,
  ];
}

function usage(message: string, remedy: string): RingfenceError {
  return new RingfenceError("usage", message, remedy);
}
