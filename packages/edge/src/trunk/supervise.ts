/** Timers of trunks, and the answers to our own requests: which of keep-alive and registration they are for. */
import type { Response } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import { pingAll } from "./keepalive.ts";
import { hopKey } from "./locate.ts";
import { isOver, secretOf } from "./registered-place.ts";
import { refused, registerAnswered, registerWith } from "./registration.ts";
import type { OwnRequest, TrunkTimer } from "./trunk-states.ts";
import { armTrunk, type TrunkTask } from "./trunk-timer.ts";
import { beginTrial, disarmTrial, hostNews } from "./watch-host.ts";
import { withdraw, withdrawAnswered } from "./withdrawal.ts";

/** After a reload or news from DNS: what is configured has a timer, what is not has none. */
export function superviseTrunks(state: EdgeState, now: number): void {
  state.trunks.changed = false;
  sayGoodbye(state, now);
  const { trunks } = state.settings;
  const wanted = new Map<string, { readonly trunk: string; readonly task: TrunkTask }>();
  const gone = state.trunks.farewell?.gone;
  for (const { config } of trunks) {
    if (config.mode !== "peer" && gone?.has(config.name) !== true)
      wanted.set(`register ${config.name}`, { trunk: config.name, task: "register" });
    if (config.keepaliveMs !== undefined)
      wanted.set(`keepalive ${config.name}`, { trunk: config.name, task: "keepalive" });
  }
  for (const [key, timer] of state.trunks.timers) {
    if (wanted.has(key)) continue;
    state.deadlines.disarm(timer);
    state.trunks.timers.delete(key);
  }
  for (const { trunk, task } of wanted.values())
    if (!state.trunks.timers.has(`${task} ${trunk}`)) armTrunk(state, now, trunk, task, 0);
  for (const trunk of trunks) {
    const known = state.trunks.registrations.get(trunk.config.name);
    // Another password: the old one's failures are forgotten, and the carrier is asked now.
    if (known !== undefined && known.secret !== secretOf(state, trunk))
      armTrunk(state, now, trunk.config.name, "register", 0);
  }
  const places = new Set(trunks.flatMap((t) => t.hops.map(hopKey)));
  for (const hop of [...state.trunks.health.keys()]) {
    if (places.has(hop)) continue;
    state.trunks.health.delete(hop);
    state.trunks.changes.delete(hop);
    disarmTrial(state, hop);
  }
}

/** Registrations that no settings want any more, or those of the next: taken back while these are in force. */
function sayGoodbye(state: EdgeState, now: number): void {
  const { farewell, registrations } = state.trunks;
  for (const [name, entry] of [...registrations]) {
    const next = farewell === undefined ? state.settings : farewell.next;
    if (next !== undefined && !isOver(state, next, name, entry)) continue;
    registrations.delete(name);
    farewell?.gone.add(name);
    withdraw(state, now, entry);
  }
  // At the end nothing is begun any more.
  if (farewell !== undefined && farewell.next === undefined)
    for (const { config } of state.settings.trunks) farewell.gone.add(config.name);
}

export function onTrunkTimer(state: EdgeState, now: number, event: TrunkTimer): void {
  switch (event.owner) {
    case "trunk-host":
      return beginTrial(state, event.hop);
    case "trunk-request":
      return void ownFailed(state, now, event.id);
    case "trunk": {
      const trunk = state.settings.trunks.find((t) => t.config.name === event.trunk);
      if (trunk === undefined) return;
      const wait = event.task === "register" ? registerWith(state, now, trunk) : trunk.config.keepaliveMs;
      if (wait !== undefined) armTrunk(state, now, event.trunk, event.task, wait);
      if (event.task === "keepalive") pingAll(state, now, event.trunk);
      return;
    }
  }
}

/** False: the answer is not for us. */
export function ownAnswered(state: EdgeState, now: number, id: number, response: Response): boolean {
  const request = state.trunks.requests.get(id);
  if (request === undefined) return false;
  if (response.status < 200) return true;
  settle(state, id, request);
  if (request.kind === "withdraw") {
    withdrawAnswered(state, now, request, response);
    return true;
  }
  const answered = request.kind === "register" ? "registrar-answered" : "ping-answered";
  const news = response.status === 503 ? "ping-lost" : answered;
  hostNews(state, now, request.trunk, hopKey(request.at), news);
  const trunk = state.settings.trunks.find((t) => t.config.name === request.trunk);
  if (request.kind !== "register" || trunk === undefined) return true;
  const wait = registerAnswered(state, now, trunk, request, response);
  if (wait !== undefined) armTrunk(state, now, request.trunk, "register", wait);
  return true;
}

export function ownFailed(state: EdgeState, now: number, id: number): boolean {
  const request = state.trunks.requests.get(id);
  if (request === undefined) return false;
  settle(state, id, request);
  // Whoever it was that did not answer: it is no host of ours any more.
  if (request.kind === "withdraw") return true;
  hostNews(state, now, request.trunk, hopKey(request.at), request.kind === "register" ? "silent" : "ping-lost");
  const trunk = state.settings.trunks.find((t) => t.config.name === request.trunk);
  const entry = state.trunks.registrations.get(request.trunk);
  if (request.kind !== "register" || trunk === undefined || entry === undefined) return true;
  armTrunk(state, now, request.trunk, "register", refused(state, entry, trunk, "silent"));
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
