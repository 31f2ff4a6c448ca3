/**
 * The engine of native threads (packages/media/native): same port, same behaviour, same contract tests as portable.ts. Here are only the
 * threads, which pair is on which, and whether they are alive.
 */
import { availableParallelism } from "node:os";
import type { DropReason } from "./drop-reason.ts";
import type { Engine, EngineCommand, EngineEvent, EngineFactory, PacketThreads, PairId } from "./engine.ts";
import type { MediaAddon, NativeThread } from "./native-addon.ts";
import { CommandBatch } from "./native-commands.ts";
import { readEvents } from "./native-events.ts";

export interface NativeOptions {
  /** Default: one for each of `pin`; without it one less than the processors, at least 1, at most 8. */
  readonly threads?: number | undefined;
  /** Processors that threads stay on, one after the other. Default: where the system likes. */
  readonly pin?: readonly number[] | undefined;
  /** How often it is looked whether a thread still moves. */
  readonly watchMs?: number | undefined;
}

/** A pair that is closed a moment later harms nobody; alone it is not worth waking a thread. */
const closeWithinMs = 20;

/** A thread turns twice a second at least. One that did not between three looks so far apart is stuck. */
const defaultWatchMs = 2_000;
const looksUntilStuck = 2;

/** How long stop() waits for a thread; how long it waits for one that is known to be stuck. */
const stopMs = 2_000;
const abandonMs = 0;

interface Thread {
  readonly native: NativeThread;
  readonly batch: CommandBatch;
  /** When the batch leaves: at the end of this turn of the event loop, or soon. */
  leaves: "now" | "soon" | undefined;
  readonly pairs: Set<PairId>;
  beats: number;
  /** Looks since it last moved. */
  unmoved: number;
}

export interface NativeEngineControl extends Engine {
  /** Makes a thread end as if it had failed. For tests. */
  halt(slot: number): void;
}

/** @throws Error when the system gives no thread */
export function nativeEngine(
  addon: MediaAddon,
  options: NativeOptions = {},
): (...args: Parameters<EngineFactory>) => Promise<NativeEngineControl> {
  return async (onEvents) => new NativeEngine(addon, options, onEvents);
}

class NativeEngine implements NativeEngineControl {
  readonly #addon: MediaAddon;
  readonly #pin: readonly number[];
  readonly #reasons: readonly DropReason[];
  readonly #onEvents: (events: readonly EngineEvent[]) => void;
  /** One text always becomes the same letters within one process (rtcp-mask.ts), on whatever thread. */
  readonly #maskSeed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  /** A fixed slot for each thread, so that a group finds its thread again whatever died in between. */
  readonly #threads: (Thread | undefined)[] = [];
  readonly #threadOf = new Map<PairId, Thread>();
  readonly #watch: NodeJS.Timeout;
  #stopped = false;

  constructor(addon: MediaAddon, options: NativeOptions, onEvents: (events: readonly EngineEvent[]) => void) {
    this.#addon = addon;
    this.#pin = options.pin ?? [];
    this.#reasons = addon.dropReasons as readonly DropReason[];
    this.#onEvents = onEvents;
    const count = options.threads ?? (this.#pin.length || Math.max(1, Math.min(8, availableParallelism() - 1)));
    for (let slot = 0; slot < count; slot++) {
      if (!this.#start(slot)) throw new Error("the system gives no thread for packets");
    }
    this.#watch = setInterval(() => this.#look(), options.watchMs ?? defaultWatchMs);
    this.#watch.unref();
  }

  submit(commands: readonly EngineCommand[]): void {
    for (const command of commands) {
      const thread = this.#threadFor(command);
      if (thread === undefined) continue;
      thread.batch.add(command);
      if (command.kind !== "close" && thread.leaves !== "now") {
        thread.leaves = "now";
        process.nextTick(() => this.#empty(thread));
      }
      if (thread.leaves !== undefined) continue;
      thread.leaves = "soon";
      setTimeout(() => this.#empty(thread), closeWithinMs).unref();
    }
  }

  threads(): PacketThreads {
    const running = this.#threads.filter((thread) => thread !== undefined);
    return {
      count: running.length,
      nice: Math.max(-20, ...running.map(({ native }) => this.#addon.nice(native))),
      processors: this.#pin.slice(0, this.#threads.length),
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#watch);
    for (const thread of this.#threads.splice(0)) if (thread !== undefined) this.#addon.stop(thread.native, stopMs);
    this.#threadOf.clear();
  }

  halt(slot: number): void {
    const thread = this.#threads[slot];
    thread?.batch.addHalt();
    if (thread !== undefined) this.#empty(thread);
  }

  #threadFor(command: EngineCommand): Thread | undefined {
    if (command.kind === "open") return this.#assign(command.pair, command.group);
    const thread = this.#threadOf.get(command.kind === "join" ? command.left : command.pair);
    if (command.kind === "close" && thread !== undefined) this.#forget(command.pair);
    return thread;
  }

  /** By group, so that both legs of a call meet in one thread. Numbers are dense, so the remainder spreads them evenly. */
  #assign(pair: PairId, group: number): Thread | undefined {
    const slot = group % this.#threads.length;
    if (this.#threads[slot] === undefined) this.#start(slot);
    const thread = this.#threads[slot];
    if (thread === undefined) {
      const detail = "the system gives no thread for packets";
      queueMicrotask(() => this.#onEvents([{ kind: "bind-failed", pair, why: "failed", detail }]));
      return undefined;
    }
    thread.pairs.add(pair);
    this.#threadOf.set(pair, thread);
    return thread;
  }

  /** False when the system gives no thread. */
  #start(slot: number): boolean {
    const processor = this.#pin.length === 0 ? undefined : this.#pin[slot % this.#pin.length];
    const native = this.#addon.startThread(processor, this.#maskSeed, (octets) => this.#onOctets(slot, octets));
    if (native === undefined) return false;
    this.#threads[slot] = {
      native,
      batch: new CommandBatch(),
      leaves: undefined,
      pairs: new Set(),
      beats: -1,
      unmoved: 0,
    };
    return true;
  }

  #onOctets(slot: number, octets: Buffer): void {
    if (this.#stopped) return;
    const { events, ended } = readEvents(octets, this.#reasons);
    for (const event of events) if (event.kind === "bind-failed") this.#forget(event.pair);
    if (events.length > 0) this.#onEvents(events);
    if (ended !== undefined) this.#replace(slot, ended, stopMs);
  }

  #forget(pair: PairId): void {
    this.#threadOf.get(pair)?.pairs.delete(pair);
    this.#threadOf.delete(pair);
  }

  #look(): void {
    for (const [slot, thread] of this.#threads.entries()) {
      if (thread === undefined) continue;
      const beats = this.#addon.beats(thread.native);
      thread.unmoved = beats === thread.beats ? thread.unmoved + 1 : 0;
      thread.beats = beats;
      if (thread.unmoved >= looksUntilStuck) this.#replace(slot, "the packet thread is stuck", abandonMs);
    }
  }

  /** The pairs of a thread that is over are gone. It must not answer any more: its events would be taken for the new one's. */
  #replace(slot: number, detail: string, patienceMs: number): void {
    const thread = this.#threads[slot];
    if (thread === undefined) return;
    this.#addon.stop(thread.native, patienceMs);
    this.#threads[slot] = undefined;
    for (const pair of thread.pairs) this.#threadOf.delete(pair);
    this.#start(slot);
    this.#onEvents([{ kind: "lost", pairs: [...thread.pairs], detail }]);
  }

  #empty(thread: Thread): void {
    thread.leaves = undefined;
    if (thread.batch.length > 0) this.#addon.submit(thread.native, thread.batch.octets, thread.batch.length);
    thread.batch.length = 0;
  }
}
