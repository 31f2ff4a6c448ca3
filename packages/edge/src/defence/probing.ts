/**
 * Who tries which numbers are open has an account, or he would not be asked for one: different numbers that it may not call are
 * failures of that account. It is locked for places that it was never at, and held for fraud. Its source is not counted: an office
 * would pay for one of its phones, and who is registered is never counted (docs/decisions/0013).
 */
import { destinationReasons } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { EdgeState } from "../state.ts";
import { began } from "./bans.ts";
import { ruleOf } from "./rule.ts";

const REASON = "refused-destinations";
const counted: ReadonlySet<string> = new Set(destinationReasons);

export interface RefusedNumber {
  readonly account: string | undefined;
  readonly reason: string;
  /** The same one again is no news: somebody redials. */
  readonly number: string | undefined;
}

export function noteRefusedNumber(
  state: EdgeState,
  now: Millis,
  flow: Flow,
  { account, reason, number }: RefusedNumber,
): void {
  if (flow.side !== "phone" || account === undefined || number === undefined || !counted.has(reason)) return;
  const { config, policy } = state.settings;
  if (policy.isExempt(flow.packetSource.address)) return;
  const ban = state.penalties.failedAccount(now, account, number, ruleOf(state), REASON);
  began(state, now, ban);
  if (ban === undefined || config.defence.mode === "shadow") return;
  state.use.suspicions.push({ account, reason: REASON, action: config.policy.onFraud.action });
}
