/** What an act was about, for its line in the audit: what was asked, without texts and secrets. */

/** Whole files, and what nobody but its owner may know. */
const unsaid: ReadonlySet<string> = new Set(["text", "digest", "password", "code", "credential", "command", "by"]);
const longestPart = 128;
const mostParts = 12;

/** `source=192.0.2.1 forMs=600000`; empty when nothing was said. */
export function objectOf(...asked: readonly unknown[]): string {
  const parts = asked.flatMap((one) => (typeof one === "object" && one !== null ? Object.entries(one) : []));
  return parts
    .filter(([name, value]) => !unsaid.has(name) && value !== undefined)
    .slice(0, mostParts)
    .map(([name, value]) => `${name}=${textOf(value).slice(0, longestPart)}`)
    .join(" ");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
