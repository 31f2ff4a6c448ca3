/**
 * Lines to a collector, in their order, each at least once. While it takes them, they go there from memory; else to the spool,
 * and from there when it is back. There is no answer to a syslog message (RFC 5425 has none), so what was sent is kept until
 * the other side's kernel has acknowledged it and the connection has lived on for a moment: what a crash swallowed comes again.
 */
import { LastingLine, type LastingLineWorld } from "../../collectors/lasting-line.ts";
import type { LinePlace } from "../../collectors/line.ts";
import type { Chunk } from "./chunk.ts";
import { readFrames } from "./frames.ts";
import type { Spool } from "./spool.ts";

export interface SenderWorld extends Pick<LastingLineWorld, "later" | "open" | "onLost" | "onBack"> {
  readonly now: () => number;
}

interface Sent extends Chunk {
  readonly at: number;
}

const settleEveryMs = 2_000;
/** A connection that took nothing for so long is dead, whatever the kernel still hopes for. */
const patienceMs = 30_000;
const goodbyeTries = 10;
const goodbyeMs = 50;
/** Octets on their way: what a collector does not acknowledge must not become memory. */
const mostOnTheWay = 8_388_608;

export class SyslogSender {
  readonly #spool: Spool;
  readonly #world: SenderWorld;
  readonly #line: LastingLine;
  #room = false;
  #pumping = false;
  #closed = false;
  /** Oldest first. */
  #sent: Sent[] = [];
  #onTheWay = 0;
  #callOffSettle: (() => void) | undefined;

  constructor(place: LinePlace, spool: Spool, world: SenderWorld) {
    this.#spool = spool;
    this.#world = world;
    this.#line = new LastingLine(place, {
      ...world,
      onUp: () => this.#onRoom(),
      onRoom: () => this.#onRoom(),
      onDown: () => this.#onDown(),
      onLost: (why) => {
        if (!this.#closed) world.onLost(why);
      },
    });
    void spool.ready.then(() => {
      if (!this.#closed) this.#line.open();
    });
  }

  /** Why the collector is not reached; undefined: it is, or it is not known yet. */
  get down(): string | undefined {
    return this.#line.down;
  }

  get isUp(): boolean {
    return this.#line.up !== undefined;
  }

  /** Whole frames. @param messages how many they are */
  take(frames: Buffer, messages: number): void {
    if (!this.#mayLeave() || this.#pumping || !this.#spool.isEmpty) {
      this.#spool.append(frames.toString(), messages);
      void this.#pump();
      return;
    }
    this.#send({ number: this.#spool.reserve(), frames });
  }

  /** To another collector, or to the same with another certificate; what is on its way is sent there too. */
  turnTo(place: LinePlace): void {
    this.#line.turnTo(place);
  }

  /** What is only in memory is on disk when this returns. */
  flush(): void {
    this.#spool.flush(this.#sent);
  }

  /** What has not surely arrived is on disk then, and sent at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#callOffSettle?.();
    await this.#seeOff();
    this.#line.close();
    await this.#spool.close();
  }

  /** A moment for what is on its way: what has arrived need not come again at the next start. */
  async #seeOff(): Promise<void> {
    for (let tries = 0; tries < goodbyeTries && this.#sent.length > 0; tries++) {
      const left = await this.#line.up?.unacknowledged();
      if (left === undefined) return;
      this.#forget(settled(this.#sent, left, this.#world.now()));
      if (left > 0) await new Promise<void>((resolve) => void this.#world.later(goodbyeMs, resolve));
    }
  }

  #mayLeave(): boolean {
    return this.#room && this.#onTheWay < mostOnTheWay;
  }

  #onRoom(): void {
    this.#room = true;
    void this.#pump();
  }

  #onDown(): void {
    this.#room = false;
    this.#callOffSettle?.();
    this.#callOffSettle = undefined;
    this.#spool.giveBack(this.#sent);
    this.#sent = [];
    this.#onTheWay = 0;
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#mayLeave() && !this.#spool.isEmpty) {
        const chunk = await this.#spool.next();
        if (chunk === undefined) break;
        if (this.isUp) this.#send(chunk);
        else this.#spool.giveBack([chunk]);
      }
    } finally {
      this.#pumping = false;
    }
  }

  #send(chunk: Chunk): void {
    this.#sent.push({ ...chunk, at: this.#world.now() });
    this.#onTheWay += chunk.frames.length;
    this.#room = this.#write(chunk.frames);
    this.#callOffSettle ??= this.#world.later(settleEveryMs, () => void this.#settle());
  }

  /** RFC 5426 §3.1: a datagram is one message, and its length is the datagram's. */
  #write(frames: Buffer): boolean {
    const line = this.#line.up;
    if (line === undefined) return false;
    if (this.#line.place.transport !== "udp") return line.write(frames);
    return readFrames(frames).messages.every((message) => line.write(message));
  }

  #forget(count: number): void {
    for (const { number, frames } of this.#sent.splice(0, count)) {
      this.#onTheWay -= frames.length;
      this.#spool.settle(number);
    }
  }

  /** Forgets what has arrived, and gives a connection up that takes nothing. */
  async #settle(): Promise<void> {
    this.#callOffSettle = undefined;
    const line = this.#line.up;
    const unknown = await line?.unacknowledged();
    if (line === undefined || line !== this.#line.up || this.#closed) return;
    const now = this.#world.now();
    this.#forget(settled(this.#sent, unknown ?? 0, now - settleEveryMs));
    const oldest = this.#sent[0];
    if (oldest === undefined) return;
    if (oldest.at < now - patienceMs) return this.#line.giveUp("it takes nothing any more");
    this.#callOffSettle ??= this.#world.later(settleEveryMs, () => void this.#settle());
    void this.#pump();
  }
}

/** How many of the oldest have arrived: sent before that moment, and followed by at least as many octets as are still unacknowledged. */
function settled(sent: readonly Sent[], unacknowledged: number, before: number): number {
  let count = sent.length;
  let behind = 0;
  while (count > 0 && behind < unacknowledged) behind += sent[--count]?.frames.length ?? 0;
  while (count > 0 && (sent[count - 1]?.at ?? 0) > before) count--;
  return count;
}
