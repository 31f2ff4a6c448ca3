/**
 * New requests of one source, whatever its transport: `defence.source.new_transactions_per_second`. Copies and what belongs to a call
 * that is up are none. Where phones registered it is ten times as much, where they went on to behave twenty times, as with packets.
 */
import { Gate, gateVerdict, sourceLevel } from "@ringfence/dgram-rate-limiter";
import type { Millis, Request } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { CoreSettings } from "../settings.ts";
import { lookOn } from "../shadow.ts";
import { count, type EdgeState } from "../state.ts";
import type { Trust } from "./trust.ts";

/** Sources remembered: half a megabyte for ever. */
const SLOTS = 16_384;
/** The gate asks for a size and a first octet, and a request that was read has both. */
const REQUEST = { size: 1, first: 0x52 };

export const transactionRateReason = "transaction-rate" as const;

export function newTransactionRate(settings: CoreSettings, seed: number): Gate {
  return new Gate({ ...rate(settings), seed, slots: SLOTS });
}

/** A reload: what sources have left of their rate stays. */
export function applyTransactionRate({ transactionRate, settings }: EdgeState): void {
  transactionRate.apply(rate(settings));
}

export function trustTransactions({ transactionRate, now }: EdgeState, address: string, trust: Trust): void {
  const level = sourceLevel[trust];
  transactionRate.promote(now, address, level);
  transactionRate.demote(now, address, level);
}

/** True: it gets no answer. PBX, trunks and `defence.allow` are not counted; calls for help and calls that are up nobody asks about. */
export function isTooMany(state: EdgeState, now: Millis, flow: Flow, { method }: Request): boolean {
  const { address } = flow.packetSource;
  const { config, policy } = state.settings;
  if (flow.side !== "phone" || policy.isExempt(address)) return false;
  if (state.transactionRate.admit(now, address, REQUEST.size, REQUEST.first) === gateVerdict.pass) return false;
  if (config.defence.mode === "shadow") {
    lookOn(state, now, flow, { rule: "rate", reason: transactionRateReason, method });
    return false;
  }
  count(state, { name: "unheard", reason: transactionRateReason });
  return true;
}

function rate({ config }: CoreSettings): { readonly packetsPerSecond: number } {
  return { packetsPerSecond: config.defence.source.newTransactionsPerSecond };
}
