/**
 * The engine without native code: worker threads own the sockets, the SRTP contexts and the counters. A thread that
 * dies takes the pairs of its calls with it, is reported as `lost` and replaced; the other threads do not notice.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Engine, EngineCommand, EngineEvent, EngineFactory, PacketThreads, PairId } from "./engine.ts";

export interface PortableOptions {
  readonly workers?: number | undefined;
  /** The thread's program. */
  readonly program?: URL;
}

/** A pair that is closed a moment later harms nobody; alone it is not worth waking a thread. */
const closeWithinMs = 20;

/** A thread that ran shorter than this is not started again at once. */
const restartMs = 500;

interface Thread {
  readonly worker: Worker;
  /** Its niceness, which it writes there. */
  readonly nice: Int8Array;
  /** Commands of this turn of the event loop: waking a thread costs more than what a command does. */
  readonly outbox: EngineCommand[];
  /** When the outbox leaves: at the end of this turn, or soon. */
  leaves: "now" | "soon" | undefined;
  readonly pairs: Set<PairId>;
  readonly startedAt: number;
}

export function portableEngine(options: PortableOptions = {}): EngineFactory {
  const program = options.program ?? new URL("./portable-worker.ts", import.meta.url);
  const count = options.workers ?? Math.max(1, Math.min(2, availableParallelism() - 1));
  return async (onEvents) => new PortableEngine(program, count, onEvents);
}

class PortableEngine implements Engine {
  readonly #program: URL;
  readonly #onEvents: (events: readonly EngineEvent[]) => void;
  /** A fixed slot for each thread, so that a group finds its thread again whatever died in between. */
  readonly #threads: (Thread | undefined)[] = [];
  readonly #threadOf = new Map<PairId, Thread>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(program: URL, count: number, onEvents: (events: readonly EngineEvent[]) => void) {
    this.#program = program;
    this.#onEvents = onEvents;
    for (let slot = 0; slot < count; slot++) this.#start(slot);
  }

  submit(commands: readonly EngineCommand[]): void {
    for (const command of commands) {
      const thread = this.#threadFor(command);
      if (thread === undefined) continue;
      thread.outbox.push(command);
      if (command.kind !== "close" && thread.leaves !== "now") {
        thread.leaves = "now";
        setImmediate(() => empty(thread));
      }
      if (thread.leaves !== undefined) continue;
      thread.leaves = "soon";
      setTimeout(() => empty(thread), closeWithinMs).unref();
    }
  }

  threads(): PacketThreads {
    const running = this.#threads.filter((thread) => thread !== undefined);
    return { count: running.length, nice: Math.max(-20, ...running.map(({ nice }) => nice[0] ?? 0)), processors: [] };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    await Promise.all(this.#threads.splice(0).map((thread) => thread?.worker.terminate()));
    this.#threadOf.clear();
  }

  #threadFor(command: EngineCommand): Thread | undefined {
    if (command.kind === "open") return this.#assign(command.pair, command.group);
    const thread = this.#threadOf.get(command.kind === "join" ? command.left : command.pair);
    if (command.kind === "close" && thread !== undefined) {
      this.#threadOf.delete(command.pair);
      thread.pairs.delete(command.pair);
    }
    return thread;
  }

  /** By group, so that both legs of a call meet in one thread. Numbers are dense, so the remainder spreads them evenly. */
  #assign(pair: PairId, group: number): Thread | undefined {
    const thread = this.#threads[group % this.#threads.length];
    if (thread === undefined) {
      const event = {
        kind: "bind-failed",
        pair,
        why: "failed",
        detail: "the packet thread is being restarted",
      } as const;
      queueMicrotask(() => this.#onEvents([event]));
      return undefined;
    }
    thread.pairs.add(pair);
    this.#threadOf.set(pair, thread);
    return thread;
  }

  #start(slot: number): void {
    const nice = new Int8Array(new SharedArrayBuffer(1));
    const thread: Thread = {
      worker: new Worker(this.#program, { workerData: nice }),
      nice,
      outbox: [],
      leaves: undefined,
      pairs: new Set(),
      startedAt: performance.now(),
    };
    thread.worker.on("message", (events: readonly EngineEvent[]) => {
      for (const event of events) if (event.kind === "bind-failed") this.#forget(event.pair);
      if (!this.#stopped) this.#onEvents(events);
    });
    let detail = "the packet thread ended";
    thread.worker.on("error", (error) => {
      detail = error instanceof Error ? error.message : detail;
    });
    thread.worker.on("exit", () => this.#onExit(slot, thread, detail));
    this.#threads[slot] = thread;
  }

  #forget(pair: PairId): void {
    this.#threadOf.get(pair)?.pairs.delete(pair);
    this.#threadOf.delete(pair);
  }

  #onExit(slot: number, thread: Thread, detail: string): void {
    if (this.#stopped) return;
    for (const pair of thread.pairs) this.#threadOf.delete(pair);
    this.#restart(slot, performance.now() - thread.startedAt < restartMs ? restartMs : 0);
    this.#onEvents([{ kind: "lost", pairs: [...thread.pairs], detail }]);
  }

  #restart(slot: number, delayMs: number): void {
    if (delayMs === 0) {
      this.#start(slot);
      return;
    }
    this.#threads[slot] = undefined;
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#start(slot);
    }, delayMs);
    this.#restarts.add(timer);
  }
}

function empty(thread: Thread): void {
  thread.leaves = undefined;
  if (thread.outbox.length > 0) thread.worker.postMessage(thread.outbox.splice(0));
}
