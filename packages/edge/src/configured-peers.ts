/** Peers that the configuration names, or that are where it says. */
import { type PrefixSet, parseCidr } from "@ringfence/policy";
import type { CoreSettings } from "./settings.ts";

/** Several accounts with one carrier share its address: the request itself then says which (`registered-line.ts`). */
export function registrarsOf({ trunks }: CoreSettings): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { config, hops } of trunks) {
    if (config.mode === "peer") continue;
    for (const { address } of hops) if (!found.has(address)) found.set(address, config.name);
  }
  return found;
}

/** Whom no rate and no ban holds: the PBX, carriers and `defence.allow`. */
export function exemptOf({ policy }: CoreSettings, registrars: ReadonlyMap<string, string>): PrefixSet {
  const blocks = [...registrars.keys()].map(parseCidr).filter((block) => typeof block !== "string");
  return blocks.length === 0 ? policy.exempt : policy.exempt.with(blocks);
}
