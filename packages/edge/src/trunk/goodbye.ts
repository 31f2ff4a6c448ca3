/** Carriers that the next settings do not know, or none does, hear it while our sockets are still open. */
import { setTimeout } from "node:timers/promises";
import type { EdgeCore } from "../core.ts";
import type { Driver } from "../driver.ts";
import type { CoreSettings } from "../settings.ts";

/** How long they have to take a registration back, and how often is looked whether they have, in ms. */
const PATIENCE = 2_000;
const LOOK = 20;

export async function sayGoodbye(
  core: EdgeCore,
  driver: Driver,
  now: () => number,
  next: CoreSettings | undefined,
): Promise<void> {
  const until = now() + PATIENCE;
  core.withdraw(next);
  driver.feed({ kind: "time" });
  while (core.withdrawals > 0 && now() < until) await setTimeout(LOOK);
}
