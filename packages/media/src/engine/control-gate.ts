/**
 * How many STUN and DTLS packets of one socket are worth a look. What decides on them is another thread, so that a flood
 * would cost more than the packets themselves. Strangers share a few budgets by their address: one that floods uses up
 * its own, and the peer's checks still come through (threat L3). Hot path: nothing allocated.
 */
import type { Endpoint } from "./engine.ts";

/** A browser's checks of a dozen candidate pairs begin 50 ms apart, and a handshake is ten datagrams a round. */
const perSecond = 50;
const burst = 50;
const strangerBudgets = 16;
/** STUN and DTLS packets are made to fit a path's MTU. */
export const maxControl = 1_500;

export class ControlGate {
  readonly #tokens = new Float64Array(strangerBudgets + 2).fill(burst);
  readonly #filledAt = new Float64Array(strangerBudgets + 2);

  stun(source: Endpoint["address"], selected: boolean, now: number): boolean {
    return this.#take(selected ? strangerBudgets : budgetOf(source), now);
  }

  /** Only of who may be the source, so one budget will do. */
  dtls(now: number): boolean {
    return this.#take(strangerBudgets + 1, now);
  }

  #take(index: number, now: number): boolean {
    const filled = (now - (this.#filledAt[index] as number)) * (perSecond / 1_000);
    const tokens = Math.min(burst, (this.#tokens[index] as number) + filled);
    this.#filledAt[index] = now;
    this.#tokens[index] = tokens >= 1 ? tokens - 1 : tokens;
    return tokens >= 1;
  }
}

function budgetOf(address: string): number {
  let hash = 0;
  for (let index = 0; index < address.length; index++) hash = (hash * 31 + address.charCodeAt(index)) >>> 0;
  return hash % strangerBudgets;
}
