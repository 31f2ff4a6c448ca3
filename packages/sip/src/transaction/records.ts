import { Bug } from "../bug.ts";
import type { Millis } from "../outside.ts";
import type { Deadline } from "./deadlines.ts";
import type { FlowRef } from "./flow.ts";
import type { TimerName } from "./timers.ts";

/** The event a transaction arms in the heap it shares with the rest of the process. */
export interface TxTimer {
  readonly owner: "transaction";
  readonly id: number;
  readonly timer: TimerName;
}

/** As much of `Deadlines` as a transaction needs: a heap of any wider event type will do. */
export interface TimerHeap {
  arm(at: Millis, event: TxTimer): Deadline;
  disarm(deadline: Deadline): void;
}

interface ArmedTimer {
  readonly name: TimerName;
  readonly deadline: Deadline;
  readonly after: Millis;
}

/** What every transaction record has. */
export interface TxRecord {
  readonly id: number;
  readonly key: string;
  readonly flow: FlowRef;
}

/** Transaction records by id, by matching key and by flow, with the timers each has armed. */
export class Records<R extends TxRecord> {
  readonly #heap: TimerHeap;
  readonly #byId = new Map<number, R>();
  readonly #byKey = new Map<string, R>();
  readonly #byFlow = new Map<string, Set<R>>();
  /** Few at a time, so that a list is smaller than a map and as fast. */
  readonly #timers = new Map<number, ArmedTimer[]>();

  constructor(heap: TimerHeap) {
    this.#heap = heap;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Flows that carry a transaction. */
  get flows(): number {
    return this.#byFlow.size;
  }

  byId(id: number): R | undefined {
    return this.#byId.get(id);
  }

  byKey(key: string): R | undefined {
    return this.#byKey.get(key);
  }

  onFlow(flowId: string): readonly R[] {
    return [...(this.#byFlow.get(flowId) ?? [])];
  }

  add(record: R): void {
    if (this.#byKey.has(record.key)) throw new Bug("a transaction key is used once");
    this.#byId.set(record.id, record);
    this.#byKey.set(record.key, record);
    const peers = this.#byFlow.get(record.flow.id);
    if (peers === undefined) this.#byFlow.set(record.flow.id, new Set([record]));
    else peers.add(record);
  }

  remove(record: R): void {
    this.clear(record);
    this.#byId.delete(record.id);
    this.#byKey.delete(record.key);
    const peers = this.#byFlow.get(record.flow.id);
    peers?.delete(record);
    if (peers?.size === 0) this.#byFlow.delete(record.flow.id);
  }

  /** Arms or re-arms. */
  arm(record: R, timer: TimerName, now: Millis, after: Millis): void {
    this.fired(record, timer);
    const deadline = this.#heap.arm(now + after, { owner: "transaction", id: record.id, timer });
    const armed = { name: timer, deadline, after };
    const timers = this.#timers.get(record.id);
    if (timers === undefined) this.#timers.set(record.id, [armed]);
    else timers.push(armed);
  }

  clear(record: R): void {
    const timers = this.#timers.get(record.id);
    if (timers === undefined) return;
    for (const armed of timers) this.#heap.disarm(armed.deadline);
    this.#timers.delete(record.id);
  }

  /** A timer of the heap fired: the interval it ran for, or undefined if it was disarmed after it had been popped. */
  fired(record: R, timer: TimerName): Millis | undefined {
    const timers = this.#timers.get(record.id) ?? [];
    const place = timers.findIndex(({ name }) => name === timer);
    const [armed] = place < 0 ? [] : timers.splice(place, 1);
    if (armed !== undefined) this.#heap.disarm(armed.deadline);
    return armed?.after;
  }
}
