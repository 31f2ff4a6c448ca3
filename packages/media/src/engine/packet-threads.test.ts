/** What packet threads get of the processors, as the kernel says it. */
import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { expect, test } from "vitest";
import type { Engine, EngineFactory } from "./engine.ts";
import { nativeEngine } from "./native.ts";
import { mediaAddon } from "./native-addon.ts";
import { portableEngine } from "./portable.ts";

/** An engine whose threads run: one of them has answered. */
async function running(factory: EngineFactory): Promise<Engine> {
  const answered = Promise.withResolvers<void>();
  const engine = await factory(() => answered.resolve());
  engine.submit([{ kind: "open", pair: 1, group: 0, address: "127.0.0.1", port: 0 }]);
  await answered.promise;
  return engine;
}

interface KernelView {
  readonly name: string;
  readonly nice: number;
  readonly processors: string;
}

function threadsOfProcess(): readonly KernelView[] {
  return readdirSync("/proc/self/task").flatMap((task) => {
    try {
      return [viewOf(`/proc/self/task/${task}`)];
    } catch {
      // One of the runtime's own, which has ended since it was listed.
      return [];
    }
  });
}

function viewOf(task: string): KernelView {
  const stat = readFileSync(`${task}/stat`, "latin1");
  const end = stat.lastIndexOf(")");
  const status = readFileSync(`${task}/status`, "latin1").split("\n");
  return {
    name: stat.slice(stat.indexOf("(") + 1, end),
    nice: Number(stat.slice(end + 2).split(" ")[16]),
    processors: status.find((line) => line.startsWith("Cpus_allowed_list:"))?.split("\t")[1] ?? "",
  };
}

const native = mediaAddon();

test.skipIf(!native.ok)(
  "a native thread goes before the rest of its process, and stays where it was told",
  async () => {
    if (!native.ok) return;
    const [processor = 0] = native.addon.processors();
    const before = getPriority();
    const engine = await running(nativeEngine(native.addon, { pin: [processor] }));
    const { count, nice, processors } = engine.threads();
    const seen = threadsOfProcess().filter(({ name }) => name === "media-packets");
    expect(seen).toEqual([{ name: "media-packets", nice, processors: String(processor) }]);
    expect([count, processors]).toEqual([1, [processor]]);
    // Without the right to it, it has what the process has.
    expect(nice).toBeLessThanOrEqual(before);
    expect(getPriority()).toBe(before);
    await engine.stop();
  },
);

test("a portable thread asks for the same, for itself alone", async () => {
  const before = getPriority();
  const engine = await running(portableEngine({ workers: 1 }));
  const { count, nice } = engine.threads();
  expect(count).toBe(1);
  expect(threadsOfProcess().filter((thread) => thread.nice === nice)).not.toEqual([]);
  expect(nice).toBeLessThanOrEqual(before);
  expect(getPriority()).toBe(before);
  await engine.stop();
});
