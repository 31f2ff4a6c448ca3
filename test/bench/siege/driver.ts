/** Runs one siege in the namespace of the calls' parties; asked by siege.ts over IPC. */
import { type FloodOrder, flood } from "./flood.ts";
import type { Namespaces } from "./network.ts";
import { type RaceOrder, race } from "./race.ts";
import { type SprayOrder, spray } from "./spray.ts";

export type Order =
  | ({ readonly kind: "spray" } & SprayOrder)
  | ({ readonly kind: "flood" } & FloodOrder)
  | ({ readonly kind: "race" } & RaceOrder);

export interface Question {
  readonly order: Order;
  readonly namespaces: Namespaces;
}

process.once("disconnect", () => process.exit());
process.once("message", async ({ order, namespaces }: Question) => {
  const result =
    order.kind === "spray"
      ? await spray(order, namespaces)
      : order.kind === "flood"
        ? await flood(order, namespaces)
        : await race(order, namespaces);
  process.send?.(result, () => process.exit());
});
