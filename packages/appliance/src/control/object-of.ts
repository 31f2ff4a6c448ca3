/** What an act was about, for its line in the audit: what was asked, without texts and secrets. */

import { formatDuration } from "@ringfence/policy";

/** Whole files, and what nobody but its owner may know. */
const unsaid: ReadonlySet<string> = new Set(["text", "digest", "password", "code", "credential", "command", "by"]);
const longestPart = 128;
const mostParts = 12;

/** `source=192.0.2.1 for=10m`; empty when nothing was said. */
export function objectOf(...asked: readonly unknown[]): string {
  return asked
    .flatMap(partsOf)
    .filter(([name, value]) => !unsaid.has(name) && value !== undefined)
    .slice(0, mostParts)
    .map(([name, value]) => partText(name, value))
    .join(" ");
}

/** What is inside a part stands beside it: `change: { area }` is `area`. */
function partsOf(one: unknown): readonly (readonly [string, unknown])[] {
  if (typeof one !== "object" || one === null) return [];
  return Object.entries(one).flatMap(([name, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? partsOf(value) : [[name, value] as const],
  );
}

/** A time in milliseconds is written as people write it: so many digits would be masked as a number. */
function partText(name: string, value: unknown): string {
  if (name.endsWith("Ms") && typeof value === "number")
    return `${name.slice(0, -"Ms".length)}=${formatDuration(value)}`;
  return `${name}=${(typeof value === "string" ? value : JSON.stringify(value)).slice(0, longestPart)}`;
}
