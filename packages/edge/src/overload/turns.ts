/**
 * Reads the inbox in turns of the event loop: what came in one round of the sockets is read after it, for so long, and then the
 * sockets, timers and the media relay have theirs. So all that has come takes part in each choice of who is read next.
 */
import type { Millis } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { Input } from "../ports.ts";
import type { Inbox } from "./inbox.ts";

/** A timer is not later than that because of messages: the grid of the driver is twice as wide. */
const TURN: Millis = 10;

export interface TurnsOptions {
  readonly inbox: Inbox;
  readonly now: () => Millis;
  readonly feed: (input: Input) => void;
}

export class Turns {
  readonly #options: TurnsOptions;
  #waiting = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** @param lent the octets are used again once this returns */
  message(flow: Flow, bytes: Uint8Array, lent: boolean): void {
    const { inbox, now } = this.#options;
    if (!inbox.hasRoom(flow, bytes)) return;
    inbox.put(now(), flow, lent ? copied(bytes) : bytes);
    this.#wait();
  }

  broken(flow: Flow, bytes: Uint8Array): void {
    this.#finish(flow.id);
    this.#options.feed({ kind: "broken-stream", flow, bytes });
  }

  lost(flowId: string): void {
    this.#finish(flowId);
    this.#options.feed({ kind: "flow-lost", flowId });
  }

  /** Who says goodbye and closes is heard. */
  #finish(flowId: string): void {
    for (const { flow, bytes } of this.#options.inbox.drain(flowId)) this.#read(flow, bytes);
  }

  #wait(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    setImmediate(this.#onTurn);
  }

  readonly #onTurn = (): void => {
    this.#waiting = false;
    const { inbox, now } = this.#options;
    const end = now() + TURN;
    for (let at = end - TURN; at < end; at = now()) {
      const next = inbox.next(at);
      if (next === undefined) return;
      this.#read(next.flow, next.bytes);
    }
    if (!inbox.isEmpty) this.#wait();
  };

  #read(flow: Flow, bytes: Uint8Array): void {
    this.#options.feed({ kind: "message", flow, bytes });
  }
}

/** Octets of its own: a piece of a common block would keep the whole of it. */
function copied(bytes: Uint8Array): Uint8Array {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
