import type { Millis } from "../outside.ts";

/** Handle of an armed deadline. Opaque: only `Deadlines.disarm` reads it. */
export interface Deadline {
  readonly at: Millis;
  /** Place in the heap, -1 once fired or disarmed. */
  readonly position: number;
}

interface Entry<E> {
  readonly at: Millis;
  readonly order: number;
  readonly event: E;
  position: number;
}

/**
 * Every timer of the process: one binary heap. The driver asks `next()` when to wake, and drains `popDue(now)`.
 * Each entry knows its place, so that disarming removes it at once (O(log n)): a call that is answered leaves nothing
 * behind, however long its timers had to run.
 */
export class Deadlines<E> {
  readonly #heap: Entry<E>[] = [];
  #armed = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Two deadlines for the same instant fire in the order they were armed. */
  arm(at: Millis, event: E): Deadline {
    const entry: Entry<E> = { at, order: this.#armed++, event, position: this.#heap.length };
    this.#heap.push(entry);
    this.#rise(entry);
    return entry;
  }

  /** Harmless on a deadline that has fired or was disarmed before. */
  disarm(deadline: Deadline): void {
    const entry = this.#heap[deadline.position];
    if (entry !== undefined && entry === deadline) this.#remove(entry);
  }

  /** When the earliest deadline falls due. */
  next(): Millis | undefined {
    return this.#heap[0]?.at;
  }

  /** The earliest event that is due at `now`, removed; undefined when none is. */
  popDue(now: Millis): E | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.#remove(first);
    return first.event;
  }

  #remove(entry: Entry<E>): void {
    const position = entry.position;
    const last = this.#heap.pop();
    entry.position = -1;
    if (last === undefined || last === entry) return;
    this.#put(last, position);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(entry: Entry<E>): void {
    while (entry.position > 0) {
      const parent = this.#heap[(entry.position - 1) >> 1];
      if (parent === undefined || !isBefore(entry, parent)) return;
      this.#swap(entry, parent);
    }
  }

  #sink(entry: Entry<E>): void {
    for (;;) {
      const left = this.#heap[2 * entry.position + 1];
      const right = this.#heap[2 * entry.position + 2];
      const child = left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, entry)) return;
      this.#swap(entry, child);
    }
  }

  #swap(a: Entry<E>, b: Entry<E>): void {
    const position = a.position;
    this.#put(a, b.position);
    this.#put(b, position);
  }

  #put(entry: Entry<E>, position: number): void {
    this.#heap[position] = entry;
    entry.position = position;
  }
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
