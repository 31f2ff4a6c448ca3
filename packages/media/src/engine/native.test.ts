import { describe, expect, test } from "vitest";
import { runEngineContract } from "./contract.ts";
import { dropReasons } from "./drop-reason.ts";
import type { EngineEvent } from "./engine.ts";
import { nativeEngine } from "./native.ts";
import { mediaAddon } from "./native-addon.ts";

const loaded = mediaAddon();

/** Without a compiler there is no addon, and nothing of this. */
describe.skipIf(!loaded.ok)("native", () => {
  if (!loaded.ok) return;
  const { addon } = loaded;

  runEngineContract("native", () => nativeEngine(addon, { threads: 1 }));

  test("native code has the drop reasons of ours, in the same order", () => {
    expect(addon.dropReasons).toEqual(dropReasons);
  });

  test("a packet thread that ends is replaced, its pairs are reported lost, and those of the other thread are not", async () => {
    const events: EngineEvent[] = [];
    let changed = (): void => {};
    const engine = await nativeEngine(addon, { threads: 2 })((batch) => {
      events.push(...batch);
      changed();
    });
    const seen = async (wanted: (event: EngineEvent) => boolean): Promise<EngineEvent> => {
      for (;;) {
        const found = events.find(wanted);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    };
    const open = (pair: number, group: number): Promise<EngineEvent> => {
      engine.submit([{ kind: "open", pair, group, address: "127.0.0.1", port: anyPort() }]);
      return seen((event) => (event.kind === "opened" || event.kind === "bind-failed") && event.pair === pair);
    };
    await open(1, 0);
    await open(2, 1);
    engine.halt(0);
    expect(await seen((event) => event.kind === "lost")).toEqual({
      kind: "lost",
      pairs: [1],
      detail: "the packet thread ended",
    });
    for (let pair = 3; (await open(pair, 0)).kind !== "opened"; pair++);
    await engine.stop();
  });
});

function anyPort(): number {
  return 40_000 + 2 * Math.floor(Math.random() * 10_000);
}
