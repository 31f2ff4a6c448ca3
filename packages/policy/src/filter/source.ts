import type { DefenceConfig } from "../config/defence-config.ts";
import { PrefixSet } from "../prefix-map.ts";
import { drops, type Filter, passes } from "./filter.ts";

/**
 * `deny` comes before everything and is the one thing an emergency call does not pass. It drops: an answer would tell a
 * scanner that somebody is here, and could be aimed at the owner of a forged address.
 */
export function sourceFilter({ allow, deny }: DefenceConfig): Filter {
  const denied = new PrefixSet(deny);
  const allowed = new PrefixSet(allow);
  const inDeny = drops("source", "source-denied", "the source is denied", "defence.deny");
  const inAllow = passes("source", "the source is in `defence.allow`: no rate applies", "exempt");
  const inNeither = passes("source", "the source is in no list");
  return ({ packetSource }) => {
    if (denied.has(packetSource)) return inDeny;
    return allowed.has(packetSource) ? inAllow : inNeither;
  };
}
