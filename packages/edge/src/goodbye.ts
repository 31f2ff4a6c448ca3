/** Carriers that the next settings do not know hear it while our sockets are still open; at the end all carriers do, and both sides of every call. */
import { setTimeout } from "node:timers/promises";
import type { EdgeCore } from "./core.ts";
import type { Driver } from "./driver.ts";
import type { CoreSettings } from "./settings.ts";

/** How long carriers have to answer, and how often is looked whether they have, in ms. */
const PATIENCE = 2_000;
/** How long those in calls are given: a BYE over UDP is said twice then (RFC 3261 §17.1.2.2, T1), and connections have taken it. */
const FAREWELL = 700;
const LOOK = 20;

/** @param next undefined: the process ends */
export async function sayGoodbye(
  core: EdgeCore,
  driver: Driver,
  now: () => number,
  next: CoreSettings | undefined,
): Promise<void> {
  const [until, farewell] = [now() + PATIENCE, now() + FAREWELL];
  const hangsUp = next === undefined && core.counts().calls > 0;
  core.withdraw(next);
  driver.feed({ kind: next === undefined ? "close" : "time" });
  while (core.withdrawals > 0 && now() < until) await setTimeout(LOOK);
  while (hangsUp && now() < farewell) await setTimeout(LOOK);
}
