import type { PathStep } from "./yaml-document.ts";

/**
 * Keys of the design that this version does not act on, with the reason. Accepting one in silence would be worse than not
 * having it: somebody would believe that it protects. `*` stands for a name or a place in a list.
 */
const later: ReadonlyMap<string, string> = new Map([["state.valkey", "this version keeps its state on this machine"]]);

export const notYetPaths: readonly string[] = [...later.keys()];

/** The sentence for a key of the design that this version does not act on; undefined for any other key. */
export function notYet(path: readonly PathStep[]): string | undefined {
  for (const [pattern, sentence] of later) {
    const steps = pattern.split(".");
    if (steps.length === path.length && steps.every((step, i) => step === "*" || step === path[i])) return sentence;
  }
  return undefined;
}
