/** What is said to the packet filter, and what it says back: text both ways, nothing is run here. */
import { type BanPlace, type BanSet, banSets, sourceOf } from "./ban-place.ts";
import { type DropCounts, dropCounters, type KernelBan, type RulesInForce } from "./protocol.ts";

export const table = "inet ringfence";
/** A counter of this name, which nothing counts: a table has no other place for a word. */
export const madeFromPrefix = "made_from_";

/** An element that is there keeps its end when it is added again, so each is taken out first, in the same transaction. */
export function addScript(bans: readonly (BanPlace & { readonly seconds: number })[]): string {
  return eachSet(bans, (set, ofSet) => {
    const ends = new Map(ofSet.map(({ element, seconds }) => [element, seconds]));
    const timed = [...ends].map(([element, seconds]) => `${element} timeout ${seconds}s`);
    return `${taken(set, [...ends.keys()])}add element ${table} ${set} { ${timed.join(", ")} }\n`;
  });
}

export function removeScript(bans: readonly BanPlace[]): string {
  return eachSet(bans, (set, ofSet) => taken(set, [...new Set(ofSet.map(({ element }) => element))]));
}

/** Whether they were there or not. */
function taken(set: BanSet, elements: readonly string[]): string {
  const list = `{ ${elements.join(", ")} }`;
  return `add element ${table} ${set} ${list}\ndelete element ${table} ${set} ${list}\n`;
}

function eachSet<B extends BanPlace>(bans: readonly B[], script: (set: BanSet, bans: readonly B[]) => string): string {
  return banSets
    .map((set) => ({ set, ofSet: bans.filter((ban) => ban.set === set) }))
    .filter(({ ofSet }) => ofSet.length > 0)
    .map(({ set, ofSet }) => script(set, ofSet))
    .join("");
}

/** Of `nft -j list set`. What has no end is none of ours. Undefined: that is no list. */
export function readBans(set: BanSet, json: string): readonly KernelBan[] | undefined {
  const found = objectsIn(json, "set");
  if (found === undefined) return undefined;
  return found.flatMap(({ elem }) =>
    (Array.isArray(elem) ? elem : []).flatMap((one: unknown): readonly KernelBan[] => {
      const { val, expires } = fieldsOf(fieldsOf(one)["elem"]);
      const source = typeof val === "string" ? sourceOf(set, val) : undefined;
      return source === undefined || typeof expires !== "number" ? [] : [{ source, seconds: expires }];
    }),
  );
}

/** Of `nft -j list counters`. Undefined: that is no list. */
export function readRules(json: string): RulesInForce | undefined {
  const found = objectsIn(json, "counter");
  if (found === undefined) return undefined;
  const packets = (name: string): number => Number(found.find((one) => one["name"] === name)?.["packets"] ?? 0);
  const dropped = Object.fromEntries(dropCounters.map((name) => [name, packets(name)])) as unknown as DropCounts;
  const mark = found.map(({ name }) => String(name)).find((name) => name.startsWith(madeFromPrefix));
  return { dropped, madeFrom: mark?.slice(madeFromPrefix.length) };
}

function objectsIn(json: string, kind: "set" | "counter"): readonly Readonly<Record<string, unknown>>[] | undefined {
  try {
    const { nftables } = fieldsOf(JSON.parse(json));
    if (!Array.isArray(nftables)) return undefined;
    return nftables.map((one) => fieldsOf(fieldsOf(one)[kind])).filter((one) => Object.keys(one).length > 0);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
