/** What goes into a backup: the configuration, every file that it names, and the state folder. */
import { lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { mapNamed } from "@ringfence/policy";
import type { ConfigFile } from "../config-file.ts";
import type { ManifestFile } from "./archive/manifest.ts";
import { fitsName } from "./archive/tar-header.ts";

export interface Source extends Pick<ManifestFile, "member" | "part" | "path"> {
  /** Absolute. */
  readonly from: string;
}

export interface Contents {
  readonly sources: readonly Source[];
  /** Secrets that come from the environment. */
  readonly environment: readonly string[];
  /** Files that the configuration names and that are not there. */
  readonly missing: readonly string[];
}

/** Of a running process, or made anew, or for others to take: not what a restore needs. */
const leftOut = {
  names: new Set(["control.sock", "running", "syslog"]),
  starts: [".", "before-restore-"],
  ends: ["-wal", "-shm", "-journal", ".new", ".part"],
  holds: [".damaged-", ".before-shape-"],
};
/** As deep as the state folder ever is, and more. */
const deepest = 8;

/** @param stateDir absolute, and there. @throws what the disk says */
export function contentsOf(file: ConfigFile, stateDir: string): Contents {
  const { dir, path } = file;
  const environment = new Set<string>();
  const named = new Set<string>();
  mapNamed(file.text, {
    path(name) {
      named.add(resolve(dir, name));
      return name;
    },
    variable: (name) => void environment.add(name),
  });
  const others = new Set(foldersOfOthers(file));
  const state = filesIn(stateDir, "", others, 0);
  const outside = (name: string): boolean => !name.startsWith(`${stateDir}/`);
  const files = [...named].filter(outside).map((name) => [name, fileAt(name)] as const);
  const missing = files.filter(([name, found]) => found === "missing" && !others.has(name)).map(([name]) => name);
  const there = files.filter(([name, found]) => found === "file" && name !== path).map(([name]) => name);
  const sources = [
    ...(outside(path) ? [{ part: "config", path, from: path } as const] : []),
    ...there.map((from) => ({ part: "named", path: from, from }) as const),
    ...state.map((name) => ({ part: "state", path: name, from: join(stateDir, name) }) as const),
  ];
  return { sources: sources.map(withMember), environment: [...environment], missing };
}

/** Absolute: what is in them is for others, or is a backup itself, should they be in the state folder. */
export function foldersOfOthers({ config, dir }: Pick<ConfigFile, "config" | "dir">): readonly string[] {
  const named = [config.backup?.to, config.cdr.export?.to, config.logs.files?.path];
  return named.flatMap((name) => (name === undefined ? [] : [resolve(dir, name)]));
}

/** In the archive a file is called as it was, so that it can be taken out by hand; one that tar has no room for gets a number. */
function withMember(source: Omit<Source, "member">, index: number): Source {
  const plain = source.part === "state" ? `state/${source.path}` : `files${source.path}`;
  return { ...source, member: fitsName(plain) ? plain : `other/${index}` };
}

/** What it leads to counts: a certificate is often a link to the last one. */
function fileAt(path: string): "file" | "other" | "missing" {
  const stat: Stats | undefined = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return "missing";
  return stat.isFile() ? "file" : "other";
}

/** @returns paths from the folder on */
function filesIn(folder: string, within: string, skipped: ReadonlySet<string>, depth: number): readonly string[] {
  if (depth > deepest) return [];
  return readdirSync(join(folder, within)).flatMap((name) => {
    const path = within === "" ? name : `${within}/${name}`;
    const whole = join(folder, path);
    const stat = lstatSync(whole, { throwIfNoEntry: false });
    if (stat === undefined || isLeftOut(name) || skipped.has(whole)) return [];
    if (stat.isDirectory()) return filesIn(folder, path, skipped, depth + 1);
    return stat.isFile() ? [path] : [];
  });
}

function isLeftOut(name: string): boolean {
  return (
    leftOut.names.has(name) ||
    leftOut.starts.some((start) => name.startsWith(start)) ||
    leftOut.ends.some((end) => name.endsWith(end)) ||
    leftOut.holds.some((part) => name.includes(part))
  );
}
