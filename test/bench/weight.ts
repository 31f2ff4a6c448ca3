/** What a Ringfence that was started with `inspected` weighs when nothing waits to be collected. */
import { sleep } from "./bench.ts";
import { residentOf } from "./cpu.ts";
import { Inspector } from "./inspector.ts";
import type { Site } from "./peers/site.ts";
import type { System } from "./system.ts";

/** kB. */
export interface Weight {
  readonly resident: number;
  /** Of the main thread, with what it holds outside. */
  readonly heap: number;
}

/** After two collections: the first may leave what a finaliser still holds. */
export async function weightOf(system: System, site: Site): Promise<Weight> {
  const inspector = await Inspector.attach(site.inspector);
  for (const session of [inspector, inspector, ...inspector.workers]) await session.send("HeapProfiler.collectGarbage");
  const expression = "(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())";
  const { result } = (await inspector.send("Runtime.evaluate", { expression })) as { result: { value: number } };
  inspector.close();
  await sleep(500);
  return { resident: residentOf(system.pid), heap: result.value / 1024 };
}
