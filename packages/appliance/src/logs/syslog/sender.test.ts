import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CollectorWorld } from "../../../../../test/support/collector-world.ts";
import { frame } from "./frames.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-sender-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("a collector that is there gets each line at once, and the disk none", async () => {
  const world = new CollectorWorld(dir);
  await world.up();
  world.take("a", "b");
  world.arrive();
  expect(world.received).toEqual(["a", "b"]);
  expect(world.spool.bytes).toBe(0);
});

test("RFC 5426 §3.1: over UDP each message is a datagram of its own, without a length before it", async () => {
  const world = new CollectorWorld(dir, 10_000_000, "udp");
  await world.up();
  world.sender.take(Buffer.from(frame("one") + frame("two")), 2);
  world.arrive();
  expect(world.received).toEqual(["one", "two"]);
});

test("a collector that is down loses nothing: all of it comes in its order when it is back", async () => {
  const world = new CollectorWorld(dir);
  await world.up();
  world.take("a");
  world.arrive();
  await world.pass(5_000);
  await world.down();
  world.take("b", "c");
  await world.pass(1_000);
  expect(world.said).toEqual(["lost: gone"]);
  await world.up();
  world.take("d");
  await world.settled();
  world.arrive();
  expect(world.received).toEqual(["a", "b", "c", "d"]);
  await world.pass(5_000);
  expect(world.said).toEqual(["lost: gone", "back"]);
});

test("what was on the wire when the connection went is sent again, before what came later", async () => {
  const world = new CollectorWorld(dir);
  await world.up();
  world.take("a");
  await world.down();
  world.take("b");
  await world.pass(1_000);
  await world.up();
  world.arrive();
  expect(world.received).toEqual(["a", "b"]);
});

test("what has been acknowledged for a while does not come twice", async () => {
  const world = new CollectorWorld(dir);
  await world.up();
  world.take("a");
  world.arrive();
  await world.pass(4_000);
  await world.down();
  await world.pass(1_000);
  await world.up();
  world.arrive();
  expect(world.received).toEqual(["a"]);
});

test("a connection that acknowledges nothing is given up, and nothing of it is lost", async () => {
  const world = new CollectorWorld(dir);
  await world.up();
  world.take("a");
  await world.pass(40_000);
  expect(world.said[0]).toBe("lost: it takes nothing any more");
  expect(world.opened).toBeGreaterThan(1);
  await world.down();
  await world.pass(60_000);
  await world.up();
  world.arrive();
  expect(world.received).toEqual(["a"]);
});

test("a collector that stays away is asked less and less often", async () => {
  const world = new CollectorWorld(dir);
  await world.settled();
  for (let i = 0; i < 300; i++) {
    await world.down();
    await world.pass(1_000);
  }
  expect(world.opened).toBeLessThan(15);
  expect(world.said).toEqual(["lost: gone"]);
});

test("a collector that hangs up on every connection is lost once, and back when one holds", async () => {
  const world = new CollectorWorld(dir);
  await world.settled();
  for (let i = 0; i < 100; i++) {
    await world.up();
    await world.down();
    await world.pass(1_000);
  }
  expect(world.opened).toBeLessThan(15);
  expect(world.said).toEqual(["lost: gone"]);
  await world.pass(60_000);
  await world.up();
  await world.pass(5_000);
  expect(world.said).toEqual(["lost: gone", "back"]);
});

test("a full spool loses what is new, counted, and goes on", async () => {
  const world = new CollectorWorld(dir, 2_000);
  await world.settled();
  for (let i = 0; i < 300; i++) world.take(`message ${i}`);
  await world.settled();
  expect(world.lost).toBeGreaterThan(0);
  await world.up();
  world.arrive();
  expect(world.received).toHaveLength(300 - world.lost);
  world.take("after");
  await world.settled();
  world.arrive();
  expect(world.received.at(-1)).toBe("after");
});

test("what has not surely arrived at the end is sent at the next start", async () => {
  const first = new CollectorWorld(dir);
  await first.up();
  first.unacknowledged = "unknown";
  first.take("a");
  const closed = first.sender.close();
  await first.pass(1_000);
  await closed;
  const second = new CollectorWorld(dir);
  await second.up();
  second.arrive();
  expect(second.received).toEqual(["a"]);
});

test("through any weather every line arrives, and the first copies stand in their order", async () => {
  const step = fc.constantFrom("take", "take", "take", "up", "down", "arrive", "pass", "hour");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      rmSync(dir, { recursive: true, force: true });
      const world = new CollectorWorld(dir);
      let count = 0;
      for (const what of steps) {
        if (what === "take") world.take(String(count++));
        if (what === "up") await world.up();
        if (what === "down") await world.down();
        if (what === "arrive") world.arrive();
        if (what === "pass") await world.pass(1_000);
        if (what === "hour") {
          // What is acknowledged has arrived.
          world.arrive();
          await world.pass(60_000);
        }
      }
      await world.down();
      await world.pass(120_000);
      await world.up();
      world.arrive();
      const firsts = [...new Set(world.received)];
      expect(firsts).toEqual(Array.from({ length: count }, (_, i) => String(i)));
    }),
    { numRuns: 60 },
  );
});
