/** When each way of being told last worked: an alert, or a test of one, that somebody took. Outlives the process beside the alerts. */
import { z } from "zod";
import type { AlertKeeper } from "./alerts.ts";
import type { Way } from "./courier.ts";

const delivery = z.strictObject({
  receiver: z.string().max(64),
  way: z.string().max(16),
  /** In milliseconds since 1970. */
  at: z.number(),
});
export type Delivered = Readonly<z.infer<typeof delivery>>;

export class Deliveries {
  readonly #keep: AlertKeeper["keep"];
  readonly #last = new Map<string, Delivered>();

  constructor({ restored, keep }: AlertKeeper) {
    this.#keep = keep;
    for (const record of restored) {
      const { data } = delivery.safeParse(record);
      if (data !== undefined) this.#last.set(nameOf(data.receiver, data.way), data);
    }
  }

  get last(): readonly Delivered[] {
    return [...this.#last.values()];
  }

  note({ receiver, kind }: Pick<Way, "receiver" | "kind">, at: number): void {
    const name = nameOf(receiver, kind);
    const told = { receiver, way: kind, at };
    this.#last.set(name, told);
    this.#keep(name, told);
  }

  /** What is for nobody any more is forgotten: who comes back under that name is somebody else. */
  apply(ways: readonly Pick<Way, "receiver" | "kind">[]): void {
    const wanted = new Set(ways.map(({ receiver, kind }) => nameOf(receiver, kind)));
    for (const name of this.#last.keys()) {
      if (wanted.has(name)) continue;
      this.#last.delete(name);
      this.#keep(name, undefined);
    }
  }
}

/** Alerts themselves are kept under their numbers. */
function nameOf(receiver: string, way: string): string {
  return `delivered ${receiver} ${way}`;
}
