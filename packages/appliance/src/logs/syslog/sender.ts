/**
 * Lines to a collector, in their order, each at least once. While it takes them, they go there from memory; else to the spool,
 * and from there when it is back. There is no answer to a syslog message (RFC 5425 has none), so what was sent is kept until
 * the other side's kernel has acknowledged it and the connection has lived on for a moment: what a crash swallowed comes again.
 */
import type { Later } from "../later.ts";
import type { Chunk } from "./chunk.ts";
import type { Collector, CollectorTarget, OpenCollector } from "./collector.ts";
import type { Spool } from "./spool.ts";

export interface SenderWorld {
  readonly now: () => number;
  readonly later: Later;
  readonly open: OpenCollector;
  /** The connection was lost, or cannot be had: once, until it is back. */
  readonly onLost: (why: string) => void;
  readonly onBack: () => void;
}

interface Sent extends Chunk {
  readonly at: number;
}

const settleEveryMs = 2_000;
/** A connection that took nothing for so long is dead, whatever the kernel still hopes for. */
const patienceMs = 30_000;
const goodbyeTries = 10;
const goodbyeMs = 50;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** Octets on their way: what a collector does not acknowledge must not become memory. */
const mostOnTheWay = 8_388_608;

export class SyslogSender {
  readonly #spool: Spool;
  readonly #world: SenderWorld;
  #target: CollectorTarget;
  #collector: Collector | undefined;
  #up = false;
  #room = false;
  #pumping = false;
  #closed = false;
  /** Oldest first. */
  #sent: Sent[] = [];
  #onTheWay = 0;
  #pauseMs = firstPauseMs;
  #why: string | undefined;
  #callOffOpen: (() => void) | undefined;
  #callOffSettle: (() => void) | undefined;

  constructor(target: CollectorTarget, spool: Spool, world: SenderWorld) {
    this.#target = target;
    this.#spool = spool;
    this.#world = world;
    void spool.ready.then(() => this.#open());
  }

  /** Why the collector is not reached; undefined: it is, or it is not known yet. */
  get down(): string | undefined {
    return this.#why;
  }

  get isUp(): boolean {
    return this.#up;
  }

  /** Whole frames. @param messages how many they are */
  take(frames: string, messages: number): void {
    if (!this.#mayLeave() || this.#pumping || !this.#spool.isEmpty) {
      this.#spool.append(frames, messages);
      void this.#pump();
      return;
    }
    this.#send({ number: this.#spool.reserve(), frames: Buffer.from(frames) });
  }

  /** To another collector, or to the same with another certificate; what is on its way is sent there too. */
  turnTo(target: CollectorTarget): void {
    this.#target = target;
    this.#pauseMs = firstPauseMs;
    this.#callOffOpen?.();
    this.#leave();
    this.#open();
  }

  /** What is only in memory is on disk when this returns. */
  flush(): void {
    this.#spool.flush(this.#sent);
  }

  /** What has not surely arrived is on disk then, and sent at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#callOffOpen?.();
    this.#callOffSettle?.();
    await this.#seeOff();
    this.#leave();
    await this.#spool.close();
  }

  /** A moment for what is on its way: what has arrived need not come again at the next start. */
  async #seeOff(): Promise<void> {
    for (let tries = 0; tries < goodbyeTries && this.#up && this.#sent.length > 0; tries++) {
      const left = await this.#collector?.unacknowledged();
      if (left === undefined) return;
      this.#forget(settled(this.#sent, left, this.#world.now()));
      if (left > 0) await new Promise<void>((resolve) => void this.#world.later(goodbyeMs, resolve));
    }
  }

  #mayLeave(): boolean {
    return this.#up && this.#room && this.#onTheWay < mostOnTheWay;
  }

  #open(): void {
    if (this.#closed) return;
    const collector = this.#world.open(this.#target, {
      onUp: () => this.#onUp(collector),
      onRoom: () => {
        this.#room = true;
        void this.#pump();
      },
      onDown: (why) => this.#onDown(collector, why),
    });
    this.#collector = collector;
  }

  #onUp(collector: Collector): void {
    if (collector !== this.#collector) return;
    this.#up = true;
    this.#room = true;
    if (this.#why !== undefined) this.#world.onBack();
    this.#why = undefined;
    void this.#pump();
  }

  #onDown(collector: Collector, why: string): void {
    if (collector !== this.#collector || this.#closed) return;
    this.#leave();
    const first = this.#why === undefined;
    this.#why = why;
    this.#callOffOpen = this.#world.later(this.#pauseMs, () => this.#open());
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
    if (first) this.#world.onLost(why);
  }

  #leave(): void {
    this.#collector?.close();
    this.#collector = undefined;
    this.#up = false;
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
        if (this.#up) this.#send(chunk);
        else this.#spool.giveBack([chunk]);
      }
    } finally {
      this.#pumping = false;
    }
  }

  #send(chunk: Chunk): void {
    this.#sent.push({ ...chunk, at: this.#world.now() });
    this.#onTheWay += chunk.frames.length;
    this.#room = this.#collector?.send(chunk.frames) ?? false;
    this.#callOffSettle ??= this.#world.later(settleEveryMs, () => void this.#settle());
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
    const collector = this.#collector;
    const unknown = await collector?.unacknowledged();
    if (collector === undefined || collector !== this.#collector) return;
    const now = this.#world.now();
    const count = settled(this.#sent, unknown ?? 0, now - settleEveryMs);
    this.#forget(count);
    if (count > 0) this.#pauseMs = firstPauseMs;
    const oldest = this.#sent[0];
    if (oldest === undefined) return;
    if (oldest.at < now - patienceMs) return this.#onDown(collector, "it takes nothing any more");
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
