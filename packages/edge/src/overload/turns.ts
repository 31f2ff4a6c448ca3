/**
 * Reads the inbox in turns of the event loop: what came in one round of the sockets is read after it, for so long, and then the
 * sockets, timers and the media relay have theirs. So all that has come takes part in each choice of who is read next.
 */
import type { Policy } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { Input } from "../ports.ts";
import { mayWait } from "./first-look.ts";
import { Inbox } from "./inbox.ts";
import type { LoadSample } from "./overload-control.ts";
import { Spill } from "./spill.ts";

/** A timer is not later than that because of messages: the grid of the driver is twice as wide. */
const TURN: Millis = 10;

/** What messages come from. */
interface Sources {
  /** Of what these flows would begin the kernel gives us so much, 0 to 1; without flows all. */
  throttle(flows: readonly Flow[], keep: number): void;
  /** This connection is read again. */
  goOn(flowId: string): void;
}

export interface TurnsOptions {
  /** A registration or a call is on this flow. */
  readonly keeps: (flowId: string) => boolean;
  readonly policy: () => Policy;
  readonly feed: (input: Input) => void;
  readonly sources: () => Sources;
}

export class Turns {
  readonly #now: () => Millis;
  readonly #options: TurnsOptions;
  readonly #inbox: Inbox;
  readonly #spill = new Spill();
  #waiting = false;
  /** Messages since the last sample. */
  #read = 0;
  /** Since then there was a moment when none waited. */
  #dry = false;

  constructor(now: () => Millis, options: TurnsOptions) {
    const { keeps, policy } = options;
    this.#now = now;
    this.#options = options;
    this.#inbox = new Inbox({
      laneOf: ({ side, id }) => (side !== "phone" ? "peer" : keeps(id) ? "known" : "stranger"),
      mayWait: (bytes) => mayWait(policy(), bytes),
      onUnread: (flow, bytes) => this.#spill.note(flow, bytes),
    });
  }

  /** Messages that were left unread, since the start of the process. */
  get unread(): number {
    return this.#inbox.unread;
  }

  /** Ten times a second: what the meter says, and how long who says one thing waits here. */
  sample(sample: LoadSample): void {
    const held = this.#spill.sample(this.#read, this.#dry);
    this.#read = 0;
    this.#dry = false;
    if (held !== undefined) this.#options.sources().throttle(held.flows, held.keep);
    this.#options.feed({ kind: "load", sample: { ...sample, lagMs: Math.max(sample.lagMs, this.#inbox.takeLag()) } });
  }

  /**
   * @param lent the octets are used again once this returns
   * @returns false: nothing more is read of this connection until `goOn`
   */
  message(flow: Flow, bytes: Uint8Array, lent: boolean): boolean {
    if (!this.#inbox.hasRoom(flow, bytes)) return true;
    const goesOn = this.#inbox.put(this.#now(), flow, lent ? copied(bytes) : bytes);
    this.#wait();
    return goesOn;
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
    for (const { flow, bytes } of this.#inbox.drain(flowId)) this.#take(flow, bytes);
  }

  #wait(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    setImmediate(this.#onTurn);
  }

  readonly #onTurn = (): void => {
    this.#waiting = false;
    const end = this.#now() + TURN;
    for (let at = end - TURN; at < end; at = this.#now()) {
      const next = this.#inbox.next(at);
      if (next === undefined) break;
      this.#take(next.flow, next.bytes);
    }
    for (const flowId of this.#inbox.takeRoomy()) this.#options.sources().goOn(flowId);
    if (this.#inbox.isEmpty) this.#dry = true;
    else this.#wait();
  };

  #take(flow: Flow, bytes: Uint8Array): void {
    this.#read++;
    this.#options.feed({ kind: "message", flow, bytes });
  }
}

/** Octets of its own: a piece of a common block would keep the whole of it. */
function copied(bytes: Uint8Array): Uint8Array {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
