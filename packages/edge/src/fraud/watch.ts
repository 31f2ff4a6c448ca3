/** Each account's calls to outside numbers held against its own history: told when one begins, is over, or rang once. */
import {
  type AnomalyConfig,
  type AnomalyKind,
  accountPayer,
  isAbroad,
  isRisky,
  type WorldNumber,
} from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { Call } from "../call/call.ts";
import { dialledText } from "../dialled-text.ts";
import type { Flow } from "../flow.ts";
import { lookOn } from "../shadow.ts";
import type { EdgeState } from "../state.ts";

/** Nobody takes a call that rings so short. */
const RANG_ONCE = 15_000;

/** A call of a phone's account begins: what is unusual about it is among the suspicions then. */
export function watchBegin(state: EdgeState, now: Millis, call: Call): void {
  const rules = state.settings.config.policy.anomaly;
  const { account, flow } = call.a;
  if (rules === undefined || account === undefined || call.emergency || call.exchange === undefined) return;
  const { policy, config } = state.settings;
  const number = readAs(policy.readNumber(dialledText(call.exchange.request.requestUri)));
  if (number === undefined) return;
  const wall = wallOf(state, now);
  const abroad = isAbroad(number, config.policy.country) ? (number.country ?? "unknown") : undefined;
  const { e164 } = number;
  const from = state.settings.countryOf?.(flow.packetSource.address);
  const watched = { id: call.id, wall, e164, abroad, risky: isRisky(number), network: networkOf(flow), from };
  const found = state.use.watch.begin(account, watched, zoneOf(state, account).at(wall), rules);
  if (found !== undefined) act(state, now, call, found, rules);
}

/** @param was `no-call`: a phone that was asked for its password comes again */
export function watchEnd(state: EdgeState, now: Millis, call: Call, was: "call" | "no-call"): void {
  const rules = state.settings.config.policy.anomaly;
  if (rules === undefined || call.emergency) return;
  const { account } = call.a;
  if (account === undefined) return rangOnce(state, now, call, rules);
  if (was === "no-call") return state.use.watch.discard(account, call.id);
  const answeredMs = call.answeredAt === undefined ? undefined : now - call.answeredAt;
  const found = state.use.watch.end(account, call.id, wallOf(state, now), answeredMs, rules);
  if (found !== undefined) act(state, now, call, found, rules);
}

/** The PBX had a phone ring for a caller from outside, who hung up before anybody could answer. */
function rangOnce(state: EdgeState, now: Millis, { a, b, ringingAt, answeredAt }: Call, rules: AnomalyConfig): void {
  const { account } = b;
  if (account === undefined || ringingAt === undefined || answeredAt !== undefined) return;
  if (now - ringingAt >= RANG_ONCE) return;
  const number = readAs(state.settings.policy.readNumber(a.user));
  if (number === undefined) return;
  const wall = wallOf(state, now);
  state.use.watch.rangOnce(account, number.e164, wall, zoneOf(state, account).at(wall), rules);
}

function act(state: EdgeState, now: Millis, call: Call, kind: AnomalyKind, rules: AnomalyConfig): void {
  const { account = "", flow } = call.a;
  if (rules.mode === "shadow") {
    lookOn(state, now, flow, { rule: "anomaly", reason: kind, method: "INVITE", account });
    return state.use.watch.settle(account, "said");
  }
  state.use.suspicions.push({ account, reason: kind, action: rules.action, call });
}

/** The one number that it is most likely to be; undefined: nobody outside. */
function readAs({
  world,
  others,
}: {
  world: WorldNumber | undefined;
  others: readonly WorldNumber[];
}): WorldNumber | undefined {
  return world ?? others[0];
}

function zoneOf(state: EdgeState, account: string) {
  return state.settings.policy.use.rulesOf(accountPayer(account)).zone;
}

function wallOf(state: EdgeState, now: Millis): number {
  return Math.floor(now + state.use.ledger.wallOffset);
}

/** Roughly whose network it is: the first half of the routed part of an address. */
function networkOf({ packetSource: { address } }: Flow): string {
  return address.split(address.includes(":") ? ":" : ".", 2).join(".");
}

/** Once in a while: who has not called within the baseline is forgotten. */
export function pruneWatch(state: EdgeState, now: Millis): void {
  const rules = state.settings.config.policy.anomaly;
  if (rules === undefined) return;
  const wall = wallOf(state, now);
  state.use.watch.prune(wall, rules, (account) => zoneOf(state, account).dayOf(wall));
}
