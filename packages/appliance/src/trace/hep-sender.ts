/** Packets on their way to a collector. One that is slow or away costs a queue of fixed size and then packets, which are counted, never a call. */
import { LastingLine } from "../collectors/lasting-line.ts";
import type { LinePlace, OpenLine } from "../collectors/line.ts";
import type { Later } from "../logs/later.ts";

/** Octets that wait, in the queue and in the socket each. */
const MOST_WAITING = 2 * 1024 * 1024;

export interface HepSenderWorld {
  readonly open: OpenLine;
  readonly later: Later;
  /** Packets begin to be lost for want of a collector: once, until they arrive again. */
  readonly onLost: (why: string) => void;
  readonly onBack: () => void;
}

export class HepSender {
  readonly #line: LastingLine;
  #queue: Buffer[] = [];
  #queued = 0;
  sent = 0;
  dropped = 0;

  constructor(place: LinePlace, world: HepSenderWorld) {
    const ignored = (): void => undefined;
    this.#line = new LastingLine(place, { ...world, onUp: () => this.#onUp(), onRoom: ignored, onDown: ignored });
    this.#line.open();
  }

  send(packet: Buffer): void {
    const line = this.#line.up;
    const waiting = line === undefined ? this.#queued : line.waiting();
    if (waiting + packet.length > MOST_WAITING) {
      this.dropped++;
    } else if (line === undefined) {
      this.#queue.push(packet);
      this.#queued += packet.length;
    } else {
      this.sent++;
      line.write(packet);
    }
  }

  close(): void {
    this.#line.close();
  }

  #onUp(): void {
    const waited = this.#queue;
    this.#queue = [];
    this.#queued = 0;
    for (const packet of waited) this.send(packet);
  }
}
