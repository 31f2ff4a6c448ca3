/**
 * Where the files of a backup go. The archive has no say in it: whoever has the public key can make one. The configuration goes where
 * the person wants it, a file that it names where it names it, and the state into a folder that holds state already, or nothing.
 */
import { existsSync, readdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { mapNamed, RingfenceError } from "@ringfence/policy";
import { type Manifest, type ManifestFile, refused } from "../backup/archive/manifest.ts";
import { readConfigFile } from "../config-file.ts";
import type { Environment } from "../environment.ts";
import { possibleStateDirs } from "../state-dir.ts";
import { usualConfig } from "../usual-config.ts";

export interface Targets {
  /** Absolute, all of them. */
  readonly config: string;
  readonly stateDir: string;
  /** Of each file but those of the state folder. */
  readonly places: ReadonlyMap<ManifestFile, string>;
}

export interface Wish {
  /** Undefined: where it was, should that be where the package has it. */
  readonly config: string | undefined;
  /** Files outside of the folders of configuration and state are written too. */
  readonly outside: boolean;
}

/**
 * @param text what the configuration in the backup says
 * @throws RingfenceError `backup-refused`, `usage`; ConfigError: this version would not start with it
 */
export function targetsOf(manifest: Manifest, text: string, wish: Wish, environment: Environment): Targets {
  const config = resolve(wish.config ?? configTarget(manifest));
  const file = readConfigFile(config, text);
  const stateDir = stateTarget(possibleStateDirs(file.config.state.dir, file.dir, environment));
  if (`${config}/`.startsWith(`${stateDir}/`) !== manifest.config.startsWith(`${manifest.stateDir}/`)) {
    throw refused("its configuration would come into the state folder, or out of it");
  }
  if (isWithin(config, stateDir) && dirname(config) !== stateDir)
    throw refused("its configuration is deep in its state");
  const named = new Map<string, string>();
  const before = dirname(manifest.config);
  mapNamed(text, {
    path(name) {
      named.set(resolve(before, name), resolve(file.dir, name));
      return name;
    },
    variable: () => undefined,
  });
  const places = new Map<ManifestFile, string>();
  for (const one of manifest.files) {
    if (one.part === "state") continue;
    const place = one.part === "config" ? config : named.get(one.path);
    if (place === undefined) throw refused(`it holds ${one.path}, which its configuration does not name`);
    places.set(one, place);
  }
  const far = [...places.values()].filter((at) => !isWithin(at, file.dir) && !isWithin(at, stateDir));
  if (far.length > 0 && !wish.outside) {
    const remedy = "Add --outside to write them too, or name another configuration.";
    throw new RingfenceError(
      "usage",
      `it would write outside of ${file.dir} and ${stateDir}: ${far.join(", ")}`,
      remedy,
    );
  }
  return { config, stateDir, places };
}

function configTarget({ config }: Manifest): string {
  if (config === usualConfig) return config;
  const remedy = `Say --config ${config} to put it there again, or name another place.`;
  throw new RingfenceError("usage", `the configuration in it was ${config}`, remedy);
}

/** A wrong name in a configuration must not have a folder of somebody else put aside. */
function stateTarget(possible: readonly string[]): string {
  const [first = "", ...others] = possible;
  const chosen = possible.find(isOurs) ?? (isFree(first) ? first : others.find(isFree));
  if (chosen !== undefined) return chosen;
  const remedy = "Move away what is in it, or correct state.dir.";
  throw new RingfenceError("backup-refused", `${first} holds something else than the state of Ringfence`, remedy);
}

function isOurs(dir: string): boolean {
  return existsSync(`${dir}/state.db`);
}

function isFree(dir: string): boolean {
  return !existsSync(dir) || readdirSync(dir).every((name) => name.startsWith("."));
}

function isWithin(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}
