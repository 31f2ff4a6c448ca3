/** `policy.destinations`, arranged so that a call looks at the rules it could match and at no others. */
import type { DestinationRule, DestinationType } from "../config/policy-config.ts";
import type { WorldNumber } from "../number/dialled.ts";
import { highRiskRanges, isHighRisk } from "../number/high-risk.ts";
import { firstOf, PrefixTrie } from "../number/prefix-trie.ts";

/** What a rule may look at: a number of the world, and digits as they were dialled. */
export interface Candidate {
  readonly world: WorldNumber | undefined;
  /** Without plus; undefined for what was not dialled but could be meant. */
  readonly digits: string | undefined;
  readonly type: DestinationType | undefined;
}

/** `conditional`: rules that name no numbers do not count. */
export type Scope = "every-rule" | "conditional" | "as-dialled";

export interface DestinationTable {
  /** Place of the first rule before `end` that matches. */
  first(candidate: Candidate, scope: Scope, end: number): number | undefined;
}

export function destinationTable(rules: readonly DestinationRule[]): DestinationTable {
  const byWorld = new PrefixTrie();
  const byDigits = new PrefixTrie();
  const byCountry = new Map<string, number[]>();
  const byType = new Map<DestinationType, number[]>();
  const always: number[] = [];
  for (const [place, { prefix, list, country, type }] of rules.entries()) {
    if (prefix !== undefined) {
      for (const text of prefix) {
        if (text.startsWith("+")) byWorld.add(text.slice(1), place);
        else byDigits.add(text, place);
      }
    } else if (list !== undefined) for (const range of highRiskRanges) byWorld.add(range.prefix, place);
    else if (country !== undefined) for (const name of country) noted(byCountry, name).push(place);
    else if (type !== undefined) for (const name of type) noted(byType, name).push(place);
    else always.push(place);
  }
  return {
    first: ({ world, digits, type }, scope, end) => {
      const fits = (place: number): boolean => meets(rules[place], world, type);
      let best: number | undefined;
      const look = (found: number | undefined): void => {
        best = found ?? best;
      };
      if (digits !== undefined) look(byDigits.first(digits, end, fits));
      if (scope === "as-dialled") return best;
      if (world !== undefined) {
        look(byWorld.first(world.e164, best ?? end, fits));
        look(firstOf(byCountry.get(world.country ?? "") ?? [], best ?? end, fits));
      }
      if (type !== undefined) look(firstOf(byType.get(type) ?? [], best ?? end, fits));
      if (scope === "every-rule") look(firstOf(always, best ?? end, fits));
      return best;
    },
  };
}

/** Every condition that a rule has beside the one it was found by. */
function meets(
  rule: DestinationRule | undefined,
  world: WorldNumber | undefined,
  type: DestinationType | undefined,
): boolean {
  if (rule === undefined) return false;
  if (rule.list !== undefined && (world === undefined || !isHighRisk(world.e164))) return false;
  if (rule.country !== undefined && !rule.country.includes(world?.country ?? "")) return false;
  return rule.type === undefined || (type !== undefined && rule.type.includes(type));
}

function noted<Key>(map: Map<Key, number[]>, key: Key): number[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}
