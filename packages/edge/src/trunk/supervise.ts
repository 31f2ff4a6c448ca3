/** Timers of trunks, and the answers to our own requests: which of keep-alive and registration they are for. */
import type { Response } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import { pingAll } from "./keepalive.ts";
import { hopKey } from "./locate.ts";
import type { OwnRequest, TrunkTimer } from "./trunk-states.ts";
import { beginTrial, disarmTrial, hostNews } from "./watch-host.ts";

type Task = Extract<TrunkTimer, { owner: "trunk" }>["task"];

/** After a reload or news from DNS: what is configured has a timer, what is not has none. */
export function superviseTrunks(state: EdgeState, now: number): void {
  state.trunks.changed = false;
  const { trunks } = state.settings;
  const wanted = new Map<string, { readonly trunk: string; readonly task: Task }>();
  for (const { config } of trunks) {
    if (config.keepaliveMs !== undefined)
      wanted.set(`keepalive ${config.name}`, { trunk: config.name, task: "keepalive" });
  }
  for (const [key, timer] of state.trunks.timers) {
    if (wanted.has(key)) continue;
    state.deadlines.disarm(timer);
    state.trunks.timers.delete(key);
  }
  for (const { trunk, task } of wanted.values())
    if (!state.trunks.timers.has(`${task} ${trunk}`)) arm(state, now, trunk, task, 0);
  const places = new Set(trunks.flatMap((t) => t.hops.map(hopKey)));
  for (const hop of [...state.trunks.health.keys()]) {
    if (places.has(hop)) continue;
    state.trunks.health.delete(hop);
    disarmTrial(state, hop);
  }
}

function arm(state: EdgeState, now: number, trunk: string, task: Task, after: number): void {
  const key = `${task} ${trunk}`;
  const before = state.trunks.timers.get(key);
  if (before !== undefined) state.deadlines.disarm(before);
  state.trunks.timers.set(key, state.deadlines.arm(now + after, { owner: "trunk", trunk, task }));
}

export function onTrunkTimer(state: EdgeState, now: number, event: TrunkTimer): void {
  switch (event.owner) {
    case "trunk-host":
      return beginTrial(state, event.hop);
    case "trunk-request":
      return void ownFailed(state, now, event.id);
    case "trunk": {
      const config = state.settings.trunks.find((t) => t.config.name === event.trunk)?.config;
      if (config?.keepaliveMs === undefined) return;
      arm(state, now, event.trunk, event.task, config.keepaliveMs);
      return pingAll(state, now, event.trunk);
    }
  }
}

/** False: the answer is not for us. */
export function ownAnswered(state: EdgeState, now: number, id: number, response: Response): boolean {
  const request = state.trunks.requests.get(id);
  if (request === undefined) return false;
  if (response.status < 200) return true;
  settle(state, id, request);
  hostNews(state, now, request.trunk, request.hop, response.status === 503 ? "ping-lost" : "ping-answered");
  return true;
}

export function ownFailed(state: EdgeState, now: number, id: number): boolean {
  const request = state.trunks.requests.get(id);
  if (request === undefined) return false;
  settle(state, id, request);
  hostNews(state, now, request.trunk, request.hop, "ping-lost");
  return true;
}

export function forgetOwn(state: EdgeState, id: number): void {
  const request = state.trunks.requests.get(id);
  if (request !== undefined) settle(state, id, request);
}

function settle(state: EdgeState, id: number, request: OwnRequest): void {
  state.deadlines.disarm(request.patience);
  state.trunks.requests.delete(id);
}
