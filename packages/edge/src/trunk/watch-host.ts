/** What calls and OPTIONS found out about a host becomes its health; changes are told. */
import { count, type EdgeState, tell } from "../state.ts";
import { callFailed, type Health, onTrial, pingAnswered, pingLost, worked } from "./health.ts";
import { registerAgain } from "./trunk-timer.ts";

export type HostNews = "worked" | "ping-answered" | "registrar-answered" | "ping-lost" | "silent" | "lost" | "refused";

const steps: Readonly<Record<HostNews, (health: Health) => Health>> = {
  worked,
  "ping-answered": pingAnswered,
  "registrar-answered": pingAnswered,
  "ping-lost": pingLost,
  silent: callFailed,
  lost: callFailed,
  refused: callFailed,
};

export function hostNews(state: EdgeState, now: number, trunk: string, hop: string, news: HostNews): void {
  const before = state.trunks.healthOf(hop);
  const after = steps[news](before);
  state.trunks.health.set(hop, after);
  if (after.state === before.state) return;
  if (after.state === "down") armTrial(state, now, trunk, hop, after);
  else disarmTrial(state, hop);
  const up = after.state === "up";
  if (up || after.state === "down") state.trunks.note(hop, { at: now, state: after.state });
  if (up && before.state === "unknown") return;
  if (up || after.state === "down") {
    const reason = up ? "host-up" : `host-down-${news}`;
    count(state, { name: "trunk_host_changes", trunk, state: up ? "up" : "down" });
    tell(state, { event: "trunk", level: up ? "info" : "warn", trunk, reason, detail: hop });
  }
  // The registrar's own answer says itself when it is asked next.
  if (up && news !== "registrar-answered") registerAgain(state, now, hop);
}

/** Where nobody asks with OPTIONS, time alone gives a host another chance. */
function armTrial(state: EdgeState, now: number, trunk: string, hop: string, health: Health): void {
  disarmTrial(state, hop);
  const asked = state.settings.trunks.find((t) => t.config.name === trunk)?.config.keepaliveMs !== undefined;
  if (asked) return;
  state.trunks.trials.set(hop, state.deadlines.arm(now + health.wait, { owner: "trunk-host", hop }));
}

export function disarmTrial(state: EdgeState, hop: string): void {
  const trial = state.trunks.trials.get(hop);
  if (trial !== undefined) state.deadlines.disarm(trial);
  state.trunks.trials.delete(hop);
}

export function beginTrial(state: EdgeState, hop: string): void {
  state.trunks.trials.delete(hop);
  state.trunks.health.set(hop, onTrial(state.trunks.healthOf(hop)));
}
