/** What native.ts does with threads, seen without any: which pair goes where, and what happens when one is stuck. */
import { expect, test } from "vitest";
import type { EngineEvent } from "./engine.ts";
import { nativeEngine } from "./native.ts";
import type { MediaAddon, NativeThread } from "./native-addon.ts";

class FakeThread {
  readonly processor: number | undefined;
  readonly onEvents: (events: Buffer) => void;
  submitted = 0;
  beats = 0;
  nice = -10;
  stuck = false;
  stopped = false;

  constructor(processor: number | undefined, onEvents: (events: Buffer) => void) {
    this.processor = processor;
    this.onEvents = onEvents;
  }
}

function fakeAddon() {
  const threads: FakeThread[] = [];
  const of = (thread: NativeThread): FakeThread => thread as unknown as FakeThread;
  const addon = {
    startThread(processor: number | undefined, _seed: number, onEvents: (events: Buffer) => void) {
      const thread = new FakeThread(processor, onEvents);
      threads.push(thread);
      return thread as unknown as NativeThread;
    },
    submit: (thread: NativeThread) => of(thread).submitted++,
    beats: (thread: NativeThread) => (of(thread).stuck ? of(thread).beats : ++of(thread).beats),
    stop: (thread: NativeThread) => {
      of(thread).stopped = true;
    },
    nice: (thread: NativeThread) => of(thread).nice,
    dropReasons: [],
  } as unknown as MediaAddon;
  return { addon, threads };
}

const open = (pair: number, group: number) =>
  ({ kind: "open", pair, group, address: "127.0.0.1", port: 40_000 }) as const;

test("a thread that is stuck is left behind, its pairs are reported lost, and another takes its place", async () => {
  const { addon, threads } = fakeAddon();
  const lost = Promise.withResolvers<EngineEvent>();
  const engine = await nativeEngine(addon, { threads: 2, watchMs: 1 })((events) => {
    for (const event of events) if (event.kind === "lost") lost.resolve(event);
  });
  engine.submit([open(1, 0), open(2, 1)]);
  const [first, second] = threads;
  if (first !== undefined) first.stuck = true;
  expect(await lost.promise).toEqual({ kind: "lost", pairs: [1], detail: "the packet thread is stuck" });
  expect([first?.stopped, second?.stopped, threads.length]).toEqual([true, false, 3]);
  await engine.stop();
  expect(threads.map(({ stopped }) => stopped)).toEqual([true, true, true]);
});

test("there is a thread for each processor that is named, and the one that goes last says how all go", async () => {
  const { addon, threads } = fakeAddon();
  const engine = await nativeEngine(addon, { pin: [4, 6, 7] })(() => {});
  const [, second] = threads;
  if (second !== undefined) second.nice = 0;
  expect(threads.map(({ processor }) => processor)).toEqual([4, 6, 7]);
  expect(engine.threads()).toEqual({ count: 3, nice: 0, processors: [4, 6, 7] });
  await engine.stop();
});

test("both legs of a call are on one thread, and threads stay on the processors that were named", async () => {
  const { addon, threads } = fakeAddon();
  const engine = await nativeEngine(addon, { threads: 2, pin: [3] })(() => {});
  engine.submit([open(1, 5), open(2, 5)]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(threads.map(({ processor, submitted }) => [processor, submitted])).toEqual([
    [3, 0],
    [3, 1],
  ]);
  await engine.stop();
});
