/** Names of log files, and which of them go: only what has a name that we gave is ever removed. */
import type { LogFilesConfig } from "@ringfence/policy";

/** The one that is written. */
export const currentName = "ringfence.log";

const shape = "ringfence-00000000T000000000Z.log";

/** For a file that is put aside at this moment; names sort as their times do. */
export function asideName(at: number): string {
  let stamp = "";
  for (const character of new Date(at).toISOString()) if (!"-:.".includes(character)) stamp += character;
  return `ringfence-${stamp}.log`;
}

/** When a file was put aside, in milliseconds since 1970; undefined for a name that is not ours. */
export function asideSince(name: string): number | undefined {
  if (name.length !== shape.length || asideShape(name) !== shape) return undefined;
  const part = (from: number, length: number): string => name.slice(from, from + length);
  const date = `${part(10, 4)}-${part(14, 2)}-${part(16, 2)}`;
  const at = Date.parse(`${date}T${part(19, 2)}:${part(21, 2)}:${part(23, 2)}.${part(25, 3)}Z`);
  return Number.isNaN(at) ? undefined : at;
}

function asideShape(name: string): string {
  let plain = "";
  for (const character of name) plain += character >= "0" && character <= "9" ? "0" : character;
  return plain;
}

/** Those of a folder that are to be removed. */
export function outdated(names: readonly string[], keep: LogFilesConfig["keep"], now: number): readonly string[] {
  const ours = names.filter((name) => asideSince(name) !== undefined).toSorted();
  if ("files" in keep) return ours.slice(0, Math.max(0, ours.length - keep.files));
  return ours.filter((name) => (asideSince(name) ?? now) < now - keep.ageMs);
}
