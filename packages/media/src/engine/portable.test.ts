import { expect, test } from "vitest";
import { runEngineContract } from "./contract.ts";
import type { EngineEvent } from "./engine.ts";
import { portableEngine } from "./portable.ts";

runEngineContract("portable", () => portableEngine({ workers: 1 }));

/** Answers an open with `opened`, and dies on a join. */
const mortal = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", (commands) => {
      for (const command of commands) {
        if (command.kind === "open") parentPort.postMessage([{ kind: "opened", pair: command.pair }]);
        if (command.kind === "join") throw new Error("planted");
      }
    });`)}`,
);

test("a packet thread that dies is replaced, its pairs are reported lost, and those of the other thread are not", async () => {
  const events: EngineEvent[] = [];
  let changed = (): void => {};
  const engine = await portableEngine({ workers: 2, program: mortal })((batch) => {
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
  const open = (pair: number, group: number) =>
    engine.submit([{ kind: "open", pair, group, address: "127.0.0.1", port: 0 }]);
  open(1, 0);
  open(2, 1);
  await seen((event) => event.kind === "opened" && event.pair === 1);
  await seen((event) => event.kind === "opened" && event.pair === 2);
  engine.submit([{ kind: "join", left: 1, right: 1 }]);
  expect(await seen((event) => event.kind === "lost")).toEqual({ kind: "lost", pairs: [1], detail: "planted" });
  for (let pair = 3; !events.some((event) => event.kind === "opened" && event.pair > 2); pair++) {
    open(pair, 0);
    await seen((event) => (event.kind === "opened" || event.kind === "bind-failed") && event.pair === pair);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await engine.stop();
});
