/**
 * Brings notices to receivers, one after the other on each way, again after a while where that fails. Nobody waits for it: a receiver
 * that hangs holds up its own messages, and some of those at most.
 */
import type { Delivery } from "../io/webhook.ts";
import type { Notice } from "./rounds.ts";

export type WayKind = "webhook" | "email";

/** How one receiver is reached. `send` never rejects, and has an end of its own. */
export interface Way {
  readonly receiver: string;
  readonly kind: WayKind;
  send(notice: Notice): Promise<Delivery>;
}

export const deliveryResults = ["delivered", "failed", "dropped"] as const;
export type DeliveryResult = (typeof deliveryResults)[number];

export interface CourierWorld {
  /** @returns ends the wait */
  readonly later: (ms: number, work: () => void) => () => void;
  readonly onResult: (way: Way, result: DeliveryResult) => void;
  /** Some way does not work any more: the sentence says which; undefined: all work again. */
  readonly onTrouble: (trouble: string | undefined) => void;
}

const AGAIN = [5_000, 30_000, 120_000, 600_000];
const MOST_WAITING = 50;

interface Line {
  way: Way;
  readonly waiting: Notice[];
  tries: number;
  busy: boolean;
  callOff: (() => void) | undefined;
}

export class Courier {
  readonly #world: CourierWorld;
  /** By receiver and kind of way: as many as the configuration has. */
  readonly #lines = new Map<string, Line>();
  readonly #failing = new Set<string>();
  #stopped = false;

  constructor(world: CourierWorld) {
    this.#world = world;
  }

  /** What waits goes on, on the new way; what is for nobody any more is forgotten. */
  apply(ways: readonly Way[]): void {
    const wanted = new Map(ways.map((way) => [nameOf(way), way]));
    for (const [name, line] of this.#lines) {
      const way = wanted.get(name);
      if (way === undefined) this.#close(name, line);
      else line.way = way;
    }
    for (const [name, way] of wanted) {
      if (this.#lines.has(name)) continue;
      this.#lines.set(name, { way, waiting: [], tries: 0, busy: false, callOff: undefined });
    }
  }

  send(notice: Notice): void {
    for (const line of this.#lines.values()) {
      if (line.way.receiver !== notice.receiver) continue;
      if (line.waiting.length >= MOST_WAITING) this.#world.onResult(line.way, "dropped");
      else {
        line.waiting.push(notice);
        void this.#work(line);
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const { callOff } of this.#lines.values()) callOff?.();
  }

  async #work(line: Line): Promise<void> {
    const [notice] = line.waiting;
    if (line.busy || notice === undefined || this.#stopped) return;
    line.busy = true;
    const { way } = line;
    const { ok, said } = await way.send(notice);
    if (this.#stopped || !this.#lines.has(nameOf(way))) return;
    this.#note(way, ok, said);
    const wait = AGAIN[line.tries];
    if (ok || wait === undefined) {
      line.waiting.shift();
      [line.busy, line.tries] = [false, 0];
      this.#world.onResult(way, ok ? "delivered" : "failed");
      return this.#work(line);
    }
    line.tries++;
    line.callOff = this.#world.later(wait, () => {
      line.busy = false;
      void this.#work(line);
    });
  }

  #note(way: Way, ok: boolean, said: string): void {
    const before = this.#failing.size;
    if (ok) this.#failing.delete(nameOf(way));
    else this.#failing.add(nameOf(way));
    if (before === 0 && !ok) this.#world.onTrouble(`${way.receiver} by ${way.kind}: ${said}`);
    if (before > 0 && this.#failing.size === 0) this.#world.onTrouble(undefined);
  }

  #close(name: string, line: Line): void {
    line.callOff?.();
    this.#lines.delete(name);
    if (this.#failing.delete(name) && this.#failing.size === 0) this.#world.onTrouble(undefined);
  }
}

function nameOf({ receiver, kind }: Way): string {
  return `${receiver} ${kind}`;
}
