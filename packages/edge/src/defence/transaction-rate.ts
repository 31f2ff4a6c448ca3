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

export class TransactionRate {
  readonly #gate: Gate;
  #settings: CoreSettings;

  constructor(settings: CoreSettings, seed: number) {
    this.#gate = new Gate({ ...rate(settings), seed, slots: SLOTS });
    this.#settings = settings;
  }

  /** @param settings in force: after a reload sources keep what they have left. False: it is spent. */
  take(now: Millis, address: string, settings: CoreSettings): boolean {
    if (settings !== this.#settings) this.#gate.apply(rate(settings));
    this.#settings = settings;
    return this.#gate.admit(now, address, REQUEST.size, REQUEST.first) === gateVerdict.pass;
  }

  trusts(now: Millis, address: string, trust: Trust): void {
    const level = sourceLevel[trust];
    this.#gate.promote(now, address, level);
    this.#gate.demote(now, address, level);
  }
}

/** True: it gets no answer. PBX, trunks and `defence.allow` are not counted; calls for help and calls that are up nobody asks about. */
export function isTooMany(state: EdgeState, now: Millis, flow: Flow, { method }: Request): boolean {
  const { address } = flow.packetSource;
  const { config, policy } = state.settings;
  if (flow.side !== "phone" || policy.isExempt(address)) return false;
  if (state.transactionRate.take(now, address, state.settings)) return false;
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
