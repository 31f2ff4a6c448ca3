/** `ringfence bans [--json]`, `ringfence ban ADDRESS TIME`, `ringfence unban ADDRESS`. */

import type { KeptBan } from "@ringfence/edge";
import { formatDuration, parseDuration, RingfenceError } from "@ringfence/policy";
import { asciiJson } from "../ascii-json.ts";
import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";
import { exitCodes } from "../failures.ts";
import { cleanText } from "../logs/clean-text.ts";
import { table } from "../table.ts";

interface Options {
  readonly config?: string;
  readonly json?: boolean;
}

/** @throws RingfenceError */
export async function bans({ config, json }: Options, context: CliContext): Promise<number> {
  const { bans: list } = await askRunning(config, context, { command: "bans" });
  const { terminal } = context;
  if (json === true) terminal.out(asciiJson(list, 2));
  else for (const line of formatBans(list, Date.now())) terminal.out(cleanText(line));
  return exitCodes.ok;
}

/** @throws RingfenceError */
export async function ban(source: string, time: string, { config }: Options, context: CliContext): Promise<number> {
  const forMs = parseDuration(time);
  if (forMs === undefined || forMs < 1_000) {
    throw new RingfenceError("not-a-duration", `${time} is no time`, "Write a number and a unit: 30s, 5m, 1h, 7d");
  }
  await askRunning(config, context, { command: "ban", source, forMs });
  context.terminal.out(`${source} is banned for ${time}; phones that are registered there go on`);
  return exitCodes.ok;
}

/** @throws RingfenceError */
export async function unban(label: string, { config }: Options, context: CliContext): Promise<number> {
  const { lifted } = await askRunning(config, context, { command: "unban", label });
  context.terminal.out(lifted === 0 ? `nothing is held against ${label}` : `${label} may try again`);
  return lifted === 0 ? exitCodes.refused : exitCodes.ok;
}

const effects: Readonly<Record<KeptBan["kind"], string>> = {
  source: "banned",
  suspect: "may only register",
  account: "locked for new places",
};

export function formatBans(list: readonly KeptBan[], now: number): readonly string[] {
  if (list.length === 0) return ["nobody is banned"];
  const rows = list
    .toSorted((a, b) => a.until - b.until)
    .map(({ kind, label, reason, since, until, times }) => {
      const left = formatLeft(until - now);
      return [label, effects[kind], reason, new Date(since).toISOString().slice(0, 19), left, String(times)];
    });
  return table(["who", "what", "why", "since (UTC)", "still", "times"], rows);
}

/** In its two largest units at most, as people say it. */
function formatLeft(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  const grain = seconds >= 86_400 ? 3_600 : seconds >= 3_600 ? 60 : 1;
  const whole = Math.floor(seconds / grain) * grain;
  const [large, unit] = grain === 3_600 ? [86_400, "d"] : grain === 60 ? [3_600, "h"] : [60, "m"];
  const rest = whole % large;
  const first = whole >= large ? `${Math.floor(whole / large)}${unit}` : "";
  return [first, rest > 0 ? formatDuration(rest * 1_000) : ""].filter((part) => part !== "").join(" ");
}
