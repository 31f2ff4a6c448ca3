/** Bans as they begin and end: said, counted, told to the gate, and remembered beyond this process. */
import type { Ban } from "@ringfence/dgram-rate-limiter";
import type { Millis } from "@ringfence/sip";
import { keepDecision, newDecision } from "../decisions/noted.ts";
import type { Input } from "../ports.ts";
import { count, type EdgeState, tell } from "../state.ts";
import { ruleOf } from "./rule.ts";

/** Why somebody is banned: the closed list of docs/errors.md. */
export const banReasons = [
  "wrong-passwords",
  "scanner",
  "malformed",
  "enumeration",
  "refused-destinations",
  "by-hand",
] as const;
export type BanReason = (typeof banReasons)[number];

/** A ban as people and the store see it: times of the wall clock, in milliseconds. */
export interface KeptBan {
  readonly kind: Ban["kind"];
  /** Address, network or account. */
  readonly label: string;
  readonly reason: string;
  readonly since: number;
  readonly until: number;
  readonly times: number;
}

/** Where bans outlive the process. */
export interface BanKeeper {
  readonly restored: readonly KeptBan[];
  keep(ban: KeptBan): void;
  lifted(ban: Pick<KeptBan, "kind" | "label">): void;
}

export function bansByKind(bans: readonly KeptBan[]): Readonly<Record<KeptBan["kind"], number>> {
  const counts = { source: 0, suspect: 0, account: 0 };
  for (const { kind } of bans) counts[kind]++;
  return counts;
}

export function began(state: EdgeState, now: Millis, ban: Ban | undefined): void {
  if (ban === undefined) return;
  count(state, { name: "bans", kind: ban.kind, reason: ban.reason });
  const decision = newDecision(state);
  keepDecision(state, now, "strangers", decision, [], {
    ...nameOf(ban),
    by: "ban",
    action: "drop",
    reason: ban.reason,
  });
  tell(state, {
    event: "ban",
    level: "warn",
    ...nameOf(ban),
    decision,
    reason: ban.reason,
    rule: enforces(state) ? ban.kind : "shadow",
    duration_ms: Math.round(ban.until - now),
  });
  state.out.push({ kind: "ban", ban, enforced: enforces(state), restored: false });
}

/** What was said may be an address within a banned network: each ban is named as it began. */
function lift(state: EdgeState, now: Millis, label: string): void {
  const before = state.penalties.bans(now);
  if (!state.penalties.lift(now, label)) return;
  const left = new Set(state.penalties.bans(now).map((ban) => `${ban.kind} ${ban.label}`));
  for (const ban of before) {
    if (left.has(`${ban.kind} ${ban.label}`)) continue;
    tell(state, { event: "ban", level: "info", ...nameOf(ban), reason: "lifted" });
    state.out.push({ kind: "ban-lifted", ban });
  }
}

type BanOrder = Extract<Input, { readonly kind: "ban" | "unban" | "bans" }>;

/** What a person says of bans, and what the process before this one left. */
export function onBanOrder(state: EdgeState, now: Millis, order: BanOrder): void {
  if (order.kind === "ban") banByHand(state, now, order.label, order.forMs);
  else if (order.kind === "unban") lift(state, now, order.label);
  else restoreBans(state, now, order.kept, state.stir.wallOffset);
}

/** Those that stand, for people and for who starts after us. @param wallOffset milliseconds from `now` to 1970 */
export function standingBans(state: EdgeState, now: Millis, wallOffset: Millis): readonly KeptBan[] {
  return state.penalties.bans(now).map((ban) => keptBan(ban, wallOffset));
}

export function keptBan({ kind, label, reason, since, until, times }: Ban, wallOffset: Millis): KeptBan {
  const [from, to] = [Math.round(since + wallOffset), Math.round(until + wallOffset)];
  return { kind, label, reason, since: from, until: to, times };
}

/** Bans of the process before this one. They were said and counted when they began; the gate still has to hear of them. */
function restoreBans(state: EdgeState, now: Millis, kept: readonly KeptBan[], wallOffset: Millis): void {
  const longest = now + Math.max(ruleOf(state).longestMs, state.settings.config.defence.scanners.banMs);
  for (const one of kept) {
    // A clock that was set back must not make a ban for ever.
    const until = Math.min(one.until - wallOffset, longest);
    if (until <= now) continue;
    const ban = state.penalties.ban(now, { ...one, since: one.since - wallOffset, until });
    if (ban !== undefined) state.out.push({ kind: "ban", ban, enforced: enforces(state), restored: true });
  }
}

function banByHand(state: EdgeState, now: Millis, label: string, forMs: Millis): void {
  const reason: BanReason = "by-hand";
  const ban: Ban = { kind: "source", label, reason, since: now, until: now + forMs, times: 1 };
  began(state, now, state.penalties.ban(now, ban));
}

function enforces(state: EdgeState): boolean {
  return state.settings.config.defence.mode === "enforce";
}

function nameOf({ kind, label }: Pick<Ban, "kind" | "label">) {
  return kind === "account" ? { account: label } : { source: label };
}
