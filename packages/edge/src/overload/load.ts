/** Samples of load as they come: with the core's own tables, to the control, and a change of level to the log. */
import type { Millis } from "@ringfence/sip";
import { MAX_CALLS } from "../call/call-table.ts";
import { MAX_SERVER_TRANSACTIONS } from "../empty-state.ts";
import { type EdgeState, tell } from "../state.ts";
import type { LevelChange, LoadSample, OverloadLevel } from "./overload-control.ts";

export interface LoadStatus extends LoadSample {
  readonly level: OverloadLevel;
  /** 0 to 4: of whom which share is refused, see overload-control.ts. */
  readonly pressure: number;
}

/** What `overload` lines give as reason: who is refused from now on. */
const refusedAt = ["nobody", "strangers", "new-calls", "all-but-proven"] as const;

export function onLoad(state: EdgeState, now: Millis, outside: LoadSample): void {
  const server = state.transactions.occupied / MAX_SERVER_TRANSACTIONS;
  const fill = Math.max(outside.fill, server, state.calls.size / MAX_CALLS);
  const before = gatePressure(state.overload.pressure);
  const change = state.overload.sample(now, { ...outside, fill });
  const pressure = gatePressure(state.overload.pressure);
  if (pressure !== before) state.out.push({ kind: "gate-pressure", pressure });
  if (change !== undefined) say(state, change);
}

/** Whom we would refuse the gate need not let through: halvings, none at first, eight when the pressure is near its end. */
function gatePressure(pressure: number): number {
  return Math.floor(pressure * 2.2);
}

export function loadStatus({ overload }: EdgeState): LoadStatus {
  return { ...overload.last, level: overload.level, pressure: overload.pressure };
}

function say(state: EdgeState, { from, to, sample }: LevelChange): void {
  const { lagMs, busy, fill } = sample;
  tell(state, {
    event: "overload",
    level: to > from ? "warn" : "info",
    reason: refusedAt[to],
    detail: `level ${from} to ${to}: lag ${Math.round(lagMs)} ms, busy ${percent(busy)}, fullest table ${percent(fill)}`,
  });
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
