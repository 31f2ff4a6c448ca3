/**
 * Who wants to see the signalling, and what of it. Nobody does: the edge is not even asked. The messages of a call are known by the
 * Call-IDs of its legs; the INVITE that begins it comes before the call has a name, so it waits until the edge has dealt with it.
 */
import type { EdgeHandle, Flow, Tap } from "@ringfence/edge";
import { type KeptCall, LadderRing } from "./ladder-ring.ts";
import { callIdOf, type Seen } from "./seen.ts";

export type Listener = (seen: Seen) => void;

/** Calls that are followed while nobody wants ladders to be kept. */
const fewest = 200;
/** Shorter than any message: a keep-alive. */
const shortest = 16;
/** Milliseconds between two reports of a bug. */
const reportEvery = 60_000;
const INVITE = 0x49_4e_56_49;

export class TraceHub implements Tap {
  readonly #edge: Pick<EdgeHandle, "observe">;
  readonly #now: () => number;
  readonly #onBug: (error: unknown) => void;
  readonly #listeners = new Set<Listener>();
  #ring: LadderRing | undefined;
  #calls = 0;
  #waiting: Seen | undefined;
  #reportedAt = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds since 1970 */
  constructor(edge: Pick<EdgeHandle, "observe">, now: () => number, onBug: (error: unknown) => void) {
    this.#edge = edge;
    this.#now = now;
    this.#onBug = onBug;
  }

  /** Ladders that are kept; 0: none. */
  keep(calls: number): void {
    if (calls === this.#calls) return;
    this.#calls = calls;
    this.#open();
  }

  /** From now on; until the function is called that it returns. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#ring === undefined) this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0 && this.#calls === 0) this.#open();
    };
  }

  #open(): void {
    const wanted = this.#calls > 0 || this.#listeners.size > 0;
    this.#ring = wanted ? new LadderRing(this.#calls || fewest) : undefined;
    this.#edge.observe(wanted ? this : undefined);
  }

  /** What is kept of a call, by our id or a Call-ID, oldest first; undefined: nothing. */
  of(
    name: string,
  ): { readonly call: string; readonly messages: readonly Seen[]; readonly dropped: number } | undefined {
    const kept = this.#ring?.of(name) ?? this.#ring?.byCallId(name);
    if (this.#ring === undefined || kept === undefined) return undefined;
    const messages = this.#ring.messages(kept);
    return { call: kept.call, messages, dropped: kept.dropped };
  }

  message(direction: "in" | "out", flow: Flow, bytes: Uint8Array): void {
    if (bytes.length < shortest) return;
    this.#say();
    const callId = callIdOf(bytes);
    const ladder = this.#ring?.byCallId(callId);
    const seen = { at: this.#now(), direction, flow, callId, call: ladder?.call, bytes };
    if (ladder === undefined && direction === "in" && isInvite(bytes)) this.#wait(seen);
    else this.#tell(seen, ladder);
  }

  leg(call: string, callId: string): void {
    this.#ring?.name(call, callId);
  }

  #wait(seen: Seen): void {
    this.#waiting = seen;
    // Refused without an answer there is no message after it.
    queueMicrotask(() => this.#say());
  }

  #say(): void {
    const seen = this.#waiting;
    this.#waiting = undefined;
    if (seen === undefined) return;
    const ladder = this.#ring?.byCallId(seen.callId);
    this.#tell({ ...seen, call: ladder?.call }, ladder);
  }

  #tell(seen: Seen, ladder: KeptCall | undefined): void {
    for (const listener of this.#listeners) {
      try {
        listener(seen);
      } catch (error) {
        this.#report(error, seen.at);
      }
    }
    if (ladder !== undefined) this.#ring?.add(ladder, seen);
  }

  /** A fault of whoever looks on is no reason to lose a call, and a flood of what it fails at none for a flood of lines. */
  #report(error: unknown, at: number): void {
    if (at - this.#reportedAt < reportEvery) return;
    this.#reportedAt = at;
    this.#onBug(error);
  }
}

function isInvite(bytes: Uint8Array): boolean {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return ((a << 24) | (b << 16) | (c << 8) | d) === INVITE;
}
