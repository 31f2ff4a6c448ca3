/**
 * Call-IDs of calls that are over, so that In-Reply-To (RFC 3261 §20.21) of a call back can be said in the other side's
 * words. A Call-ID nobody remembers crosses nowhere.
 */
import type { Flow } from "../flow.ts";
import type { Call, Leg } from "./call.ts";
import type { HeaderPair } from "./headers.ts";

/** Legs in one generation: between one and two generations are remembered, the oldest are forgotten together. */
const GENERATION = 10_000;

/** Calls one request may refer to. */
const MAX_NAMED = 4;

export class CallIdMemory {
  /** By role of the socket, account and Call-ID: what the other leg was called, and over which role it ran. */
  #young = new Map<string, string>();
  /** A map that loses its oldest entry each time it gains one is searched from its beginning; a whole map is let go. */
  #old: ReadonlyMap<string, string> = new Map();

  remember(call: Call): void {
    this.#put(call.a, call.b);
    this.#put(call.b, call.a);
  }

  #put(leg: Leg, other: Leg): void {
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(keyOf(leg.flow, leg.account, leg.callId), other.callId);
  }

  /** The header for the other side; `account` is that of the sender, whose own calls are meant. */
  translated(values: readonly string[], flow: Flow, account: string | undefined): readonly HeaderPair[] {
    const named = values.flatMap((value) => value.split(",")).slice(0, MAX_NAMED);
    const known = named.flatMap((callId) => this.#find(keyOf(flow, account, callId.trim())) ?? []);
    return known.length === 0 ? [] : [["In-Reply-To", known.join(", ")]];
  }

  /** A call of this sender had it, and is over. */
  knows(callId: string, flow: Flow, account: string | undefined): boolean {
    return this.#find(keyOf(flow, account, callId)) !== undefined;
  }

  #find(key: string): string | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }
}

function keyOf(flow: Flow, account: string | undefined, callId: string): string {
  return `${flow.endpoint.role}\n${flow.side}\n${flow.side === "phone" ? (account ?? "") : ""}\n${callId}`;
}
