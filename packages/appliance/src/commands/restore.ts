/** `ringfence restore`: this machine made from a backup, or a backup proven to be one that a machine can be made from. */
import { resolve } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import { exitCodes } from "../failures.ts";
import { readKeys } from "../restore/read-key.ts";
import { finishRestore, type RestoreReport, restore as restoreBackup } from "../restore/restore.ts";
import { usualConfig } from "../usual-config.ts";

export interface RestoreOptions {
  readonly key?: string;
  readonly config?: string;
  readonly outside?: boolean;
  readonly finish?: boolean;
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
  const report = await restoreBackup(backup, { config, outside }, environment);
  for (const line of said(report)) terminal.out(line);
  for (const name of report.manifest.environment) {
    terminal.warning(`not in it: the secret ${name}, which comes from the environment`);
  }
  return exitCodes.ok;
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
