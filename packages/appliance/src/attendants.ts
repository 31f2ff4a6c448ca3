/** What serves beside the calls: books, watches, outputs. Each is one `add`, and hears the rest from here. */
import type { Loaded } from "./loading.ts";
import type { Sample } from "./metrics/registry.ts";

export interface Attendant {
  /** The configuration that is in force now. Never throws: what can be refused is refused when it is loaded. */
  apply?(next: Loaded): void;
  /** Read at each scrape. */
  samples?(): readonly Sample[];
  /** What does not hold that the configuration promises, in whole sentences: health is red until it does. */
  problems?(): readonly string[];
  /** Shown by status; health stays as it is. */
  warnings?(): readonly string[];
  stop?(): void | Promise<void>;
}

export class Attendants {
  readonly #all: Attendant[] = [];
  readonly #undo: (() => void | Promise<void>)[];

  /** @param undo where each leaves its end: what was brought up last ends first */
  constructor(undo: (() => void | Promise<void>)[]) {
    this.#undo = undo;
  }

  add<T extends Attendant>(attendant: T): T {
    this.#all.push(attendant);
    this.#undo.push(() => attendant.stop?.());
    return attendant;
  }

  apply(next: Loaded): void {
    for (const one of this.#all) one.apply?.(next);
  }

  samples(): readonly Sample[] {
    return this.#all.flatMap((one) => one.samples?.() ?? []);
  }

  problems(): readonly string[] {
    return this.#all.flatMap((one) => one.problems?.() ?? []);
  }

  warnings(): readonly string[] {
    return this.#all.flatMap((one) => one.warnings?.() ?? []);
  }
}
