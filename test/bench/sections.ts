/** What stands together: a section is run by its name, and has a table of its own in docs/performance.md. */
import type { Bench } from "./bench.ts";
import { calls } from "./calls.ts";
import { decide } from "./decide.ts";
import { engine } from "./engine.ts";
import { gate } from "./gate.ts";
import { growth } from "./growth.ts";
import { invite } from "./invite.ts";
import { junk } from "./junk.ts";
import { logs } from "./logs.ts";
import { memory } from "./memory.ts";
import { refresh } from "./refresh.ts";
import { relay } from "./relay.ts";
import { standing } from "./standing.ts";

export interface Section {
  readonly name: string;
  readonly benches: readonly Bench[];
}

export const sections: readonly Section[] = [
  { name: "signalling", benches: [calls, growth, refresh, junk] },
  { name: "policy", benches: [invite, decide, gate] },
  { name: "media", benches: [relay, standing, engine] },
  { name: "memory", benches: [memory] },
  { name: "logs", benches: [logs] },
];

/** Those that are named, of them the benches in `only`; undefined when a name is nobody's. */
export function chosen(names: readonly string[], only: readonly string[] | undefined): readonly Section[] | undefined {
  const wanted = names.length === 0 ? sections : sections.filter(({ name }) => names.includes(name));
  const benches = wanted.flatMap((section) => section.benches);
  if (names.some((name) => !sections.some((section) => section.name === name))) return undefined;
  if (only?.some((name) => !benches.some((bench) => bench.name === name))) return undefined;
  return wanted
    .map(({ name, benches: all }) => ({ name, benches: all.filter((bench) => only?.includes(bench.name) ?? true) }))
    .filter((section) => section.benches.length > 0);
}
