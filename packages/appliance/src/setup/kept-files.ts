/** The files that the setup writes: whole or not at all, for the service to read and for nobody else. */
import { chownSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import type { Answers } from "./question.ts";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Who may read it: the service through its group, or its owner alone. */
export type Readers = "service" | "owner";

/** The user of the package; undefined where there is none, or we are not root and everything is ours. */
export function serviceUser(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = (readText("/etc/passwd") ?? "").split("\n").find((one) => one.startsWith("ringfence:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new RingfenceError("setup-file", `${path} cannot be read`, "Run as root: sudo ringfence setup.");
  }
}

/** @returns whether there was something to write */
export function writeWhole(path: string, text: string, readers: Readers): boolean {
  if (readText(path) === text) return false;
  const service = readers === "service" ? serviceUser() : undefined;
  try {
    openFolder(dirname(path), readers);
    const made = `${path}.setup-new`;
    const descriptor = openSync(made, "w", readers === "service" ? 0o640 : 0o600);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (service !== undefined) chownSync(made, 0, service.gid);
    renameSync(made, path);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new RingfenceError("setup-file", `${path} cannot be written (${code})`, "Run as root: sudo ringfence setup.");
  }
}

function openFolder(folder: string, readers: Readers): void {
  const made = mkdirSync(folder, { recursive: true, mode: readers === "service" ? 0o750 : 0o700 });
  const service = serviceUser();
  if (made !== undefined && service !== undefined && readers === "service") chownSync(folder, 0, service.gid);
}

/** With a dot: root's, and none of the state that a backup takes. */
const answersName = ".setup-answers.json";

/** What was answered before: no secret is ever among it. */
export function keptAnswers(stateDir: string): readonly (readonly [string, string])[] {
  try {
    const read: unknown = JSON.parse(readText(join(stateDir, answersName)) ?? "{}");
    const entries = typeof read === "object" && read !== null ? Object.entries(read) : [];
    return entries.flatMap(([key, value]) => (typeof value === "string" ? [[key, value] as const] : []));
  } catch (error) {
    if (error instanceof RingfenceError) throw error;
    return [];
  }
}

export function keepAnswers(stateDir: string, answers: Answers): void {
  writeWhole(join(stateDir, answersName), `${JSON.stringify(Object.fromEntries(answers), undefined, 2)}\n`, "owner");
}
