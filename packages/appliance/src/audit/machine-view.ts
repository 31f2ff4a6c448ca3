/** The machine as an audit looks at it: its files, and programs of the system that know best. Nothing is changed, and nothing is fetched. */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { MachineFacts } from "@ringfence/grade";

export interface MachineView {
  /** Undefined: it is not there, or nobody may look. @param most so many octets at most, from its beginning */
  read(path: string, most?: number): string | undefined;
  about(path: string): AboutFile | undefined;
  /** Names in a folder, in order; empty where there is none. */
  list(path: string): readonly string[];
  /** What a program says; undefined: there is none, it refuses, or it takes too long. */
  ask(program: string, args: readonly string[]): string | undefined;
  interfaces(): MachineFacts["interfaces"];
}

export interface AboutFile {
  /** The lowest nine bits of the mode. */
  readonly mode: number;
  /** Number of its owner. */
  readonly owner: number;
  /** When it was last written, in milliseconds. */
  readonly written: number;
  readonly size: number;
  readonly isFolder: boolean;
}

/** A program of the system answers within this, or is not asked any longer. */
const patience = 20_000;
const longestAnswer = 16_777_216;
const searched = ["usr/sbin", "usr/bin", "sbin", "bin"];

/** @param root where its files begin; another folder than `/` holds a whole machine, programs and kernel included. Paths that begin with it are its own. */
export function viewOf(root = "/"): MachineView {
  // Whoever asks may be root: what is run is what the system has, not what a search path of a user says.
  const at = (path: string): string => (path.startsWith(root) ? path : join(root, path));
  const env = { PATH: searched.map((folder) => join(root, folder)).join(":"), LC_ALL: "C" };
  return {
    read: (path, most) => attempt(() => (most === undefined ? readFileSync(at(path), "utf8") : begin(at(path), most))),
    about: (path) =>
      attempt(() => {
        const found = statSync(at(path));
        const { mode, uid, mtimeMs, size } = found;
        return { mode: mode & 0o777, owner: uid, written: Math.round(mtimeMs), size, isFolder: found.isDirectory() };
      }),
    list: (path) => attempt(() => readdirSync(at(path)).sort()) ?? [],
    ask: (program, args) =>
      attempt(() =>
        execFileSync(program, args, {
          env,
          timeout: patience,
          maxBuffer: longestAnswer,
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        }),
      ),
    interfaces: () =>
      Object.entries(networkInterfaces()).flatMap(([name, list]) =>
        (list ?? []).map(({ address }) => ({ name, address })),
      ),
  };
}

function begin(path: string, most: number): string {
  const descriptor = openSync(path, "r");
  try {
    const octets = Buffer.alloc(most);
    return octets.toString("latin1", 0, readSync(descriptor, octets, 0, most, 0));
  } finally {
    closeSync(descriptor);
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
