/** What `status` says of load, of trust, and of what is held against whom. */
import type { EdgeStatus } from "@ringfence/edge";

/** By level of overload. */
const words = [
  "normal",
  "OVERLOADED, strangers are refused",
  "OVERLOADED, new calls are refused, but of proven phones and trunks",
  "OVERLOADED, all is refused but calls that are up, emergency calls, proven phones and trunks",
] as const;

type Row = readonly [name: string, value: string];

type Shown = Pick<EdgeStatus, "sources" | "datagrams" | "trust" | "load" | "bans">;

export function defenceRows({ sources, datagrams, trust, load, bans }: Shown): readonly Row[] {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const figures = `lag ${Math.round(load.lagMs)} ms, busy ${percent(load.busy)}, fullest table ${percent(load.fill)}`;
  return [
    ["load", `${words[load.level]}: ${figures}`],
    ["trust", `${trust.proven} registrations proven, ${trust.registered} not yet`],
    ["sources", sourcesLine(sources)],
    ["datagrams", datagrams],
    ["bans", bansLine(bans)],
  ];
}

function sourcesLine({ tracked, registered, proven, capacity }: EdgeStatus["sources"]): string {
  const known = registered + proven;
  return `${known} where phones registered, ${proven} of them proven, ${tracked - known} strangers, room for ${capacity}`;
}

function bansLine({ source, suspect, account }: EdgeStatus["bans"]): string {
  return `${source} sources banned, ${suspect} suspect, ${account} accounts locked`;
}
