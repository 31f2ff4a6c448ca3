/**
 * What a reload forbids goes on or ends, as `policy.on_reload` says. Ending is paced, because a thousand BYEs at once are a flood.
 */
import type { Millis } from "@ringfence/sip";
import { hangUp } from "../call/teardown.ts";
import { Origins } from "../origin.ts";
import { noteRefusal } from "../refusal.ts";
import type { OneFlow } from "../registrar/binding.ts";
import { moveBinding, removeBinding } from "../registrar/holding.ts";
import { withoutFlows } from "../registrar/outbound.ts";
import type { EdgeState } from "../state.ts";
import type { Forbidden } from "./call-verdict.ts";
import { isClosing, isForbidden, type Judgement, judge, servesAccount } from "./judgement.ts";

/** Each has two legs: two hundred BYEs a second. */
const CALLS_A_STEP = 10;
const REGISTRATIONS_A_STEP = 50;
const STEP: Millis = 100;

/** A later judgement takes the place of one that is still being carried out. */
export function judgeStanding(state: EdgeState, now: Millis): Judgement {
  const judgement = judge(state);
  const ends = state.settings.config.policy.onReload === "end";
  const { ending } = state;
  ending.calls = ends ? judgement.calls : [];
  ending.registrations = [...(ends ? judgement.registrations : []), ...judgement.unreachable];
  schedule(state, now);
  return judgement;
}

export function onEndingTimer(state: EdgeState, now: Millis): void {
  const { ending } = state;
  ending.timer = undefined;
  const calls = ending.calls.slice(0, CALLS_A_STEP);
  ending.calls = ending.calls.slice(CALLS_A_STEP);
  for (const { call, ...forbidden } of calls) endForbidden(state, now, call, forbidden);
  const tokens = ending.registrations.slice(0, REGISTRATIONS_A_STEP);
  ending.registrations = ending.registrations.slice(REGISTRATIONS_A_STEP);
  for (const token of tokens) endRegistration(state, now, token);
  schedule(state, now + STEP);
}

function schedule(state: EdgeState, at: Millis): void {
  const { ending, deadlines } = state;
  if (ending.timer !== undefined) deadlines.disarm(ending.timer);
  const left = ending.calls.length + ending.registrations.length;
  ending.timer = left === 0 ? undefined : deadlines.arm(at, { owner: "ending" });
}

function endForbidden(state: EdgeState, now: Millis, id: string, forbidden: Forbidden): void {
  const call = state.calls.get(id);
  if (call === undefined) return;
  const { a, b } = call;
  const asked = { method: "INVITE", from: a.user, to: b.user };
  const account = a.account ?? b.account;
  const detail = "it was in progress when a reload brought the rule";
  const why = { by: "policy", status: 403, account, call: id, detail, ...forbidden } as const;
  call.decision = noteRefusal(state, now, a.flow, asked, why).decision;
  hangUp(state, now, call, "forbidden", 403);
}

/** What of it is still allowed stays: a phone may hold several flows. */
function endRegistration(state: EdgeState, now: Millis, token: string): void {
  const binding = state.bindings.get(token);
  if (binding === undefined) return;
  const { settings } = state;
  const origins = new Origins(settings);
  const isGone = (one: OneFlow): boolean => isForbidden(settings, origins, one) || isClosing(settings, one);
  const left = servesAccount(settings, binding) ? withoutFlows(binding, now, isGone) : undefined;
  if (left === undefined) removeBinding(state, now, token, "forbidden");
  else moveBinding(state, left);
}
