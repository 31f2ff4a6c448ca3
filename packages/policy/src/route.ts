import type { TrunkConfig } from "./config/config.ts";

/**
 * The trunks for a dialled number, the best first: the longest prefix wins, then the order of the file. A prefix with a plus takes numbers
 * with a plus only: `+1` says nothing about what a PBX means by `100`.
 */
export function trunkRouter(trunks: readonly TrunkConfig[]): (number: string) => readonly string[] {
  const entries = trunks
    .flatMap(({ name, numbers }) =>
      (numbers.prefix.length > 0 ? numbers.prefix : [""]).map((prefix) => ({ name, prefix })),
    )
    .sort((a, b) => b.prefix.length - a.prefix.length);
  return (number) => [...new Set(entries.filter(({ prefix }) => number.startsWith(prefix)).map(({ name }) => name))];
}
