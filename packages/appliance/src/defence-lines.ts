/** What `./ringfence status` says of sources and bans. */
import type { EdgeStatus } from "@ringfence/edge";

export function sourcesLine({ tracked, registered, proven, capacity }: EdgeStatus["sources"]): string {
  const known = registered + proven;
  return `${known} where phones registered, ${proven} of them proven, ${tracked - known} strangers, room for ${capacity}`;
}

export function bansLine({ source, suspect, account }: EdgeStatus["bans"]): string {
  return `${source} sources banned, ${suspect} suspect, ${account} accounts locked`;
}
