import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { drainMs, quarantineMs } from "./port-drain.ts";
import { PortPool, pairsIn } from "./port-pool.ts";

const zeros = (bytes: number) => new Uint8Array(bytes);

test("pairs are even ports whose odd neighbour lies in the range", () => {
  const pool = new PortPool({ first: 10001, last: 10006 }, zeros);
  expect([pool.take(0), pool.take(0), pool.take(0)].sort()).toEqual([10002, 10004, undefined]);
});

test.each([
  [10000, 10003, 2],
  [10000, 10002, 1],
  [10001, 10003, 1],
  [10001, 10002, 0],
])("from %i to %i there are %i pairs, as many as the pool hands out", (first, last, pairs) => {
  expect(pairsIn({ first, last })).toBe(pairs);
  expect(new PortPool({ first, last }, zeros).counts(0).free).toBe(pairs);
});

test("a released pair rests before it is handed out again", () => {
  const pool = new PortPool({ first: 10000, last: 10001 }, zeros);
  expect(pool.take(0)).toBe(10000);
  pool.release(10000, 50);
  expect(pool.take(50 + drainMs - 1)).toBeUndefined();
  expect(pool.counts(60).draining).toBe(1);
  expect(pool.take(50 + drainMs)).toBe(10000);
});

test("a port another process holds is passed over for longer, and is not counted as draining", () => {
  const pool = new PortPool({ first: 10000, last: 10001 }, zeros);
  pool.take(0);
  pool.quarantine(10000, 0);
  expect(pool.counts(quarantineMs - 1)).toEqual({ free: 0, used: 0, draining: 0 });
  expect(pool.take(quarantineMs)).toBe(10000);
});

test("after a reload pairs of the old range are not handed out again, and those of both ranges not twice", () => {
  const pool = new PortPool({ first: 10000, last: 10003 }, zeros);
  const before = [pool.take(0), pool.take(0)];
  pool.resize({ first: 10002, last: 10005 });
  expect(pool.take(0)).toBe(10004);
  expect(pool.take(0)).toBeUndefined();
  for (const port of before) pool.release(port as number, 0);
  expect(pool.take(drainMs)).toBe(10002);
  expect(pool.take(drainMs)).toBeUndefined();
});

test("ports are not handed out in order", () => {
  const pool = new PortPool({ first: 10000, last: 19999 }, randomBytes);
  const ports = Array.from({ length: 50 }, () => pool.take(0) as number);
  const steps = new Set(ports.slice(1).map((port, index) => port - (ports[index] as number)));
  expect(steps.size).toBeGreaterThan(40);
});

test("property: no pair is out twice, and all come back", () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant("take" as const) }),
    fc.record({ kind: fc.constant("release" as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant("quarantine" as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(5000) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), fc.infiniteStream(fc.nat(255)), (actions, dice) => {
      const pool = new PortPool({ first: 20000, last: 20019 }, (n) =>
        Uint8Array.from({ length: n }, () => dice.next().value),
      );
      const out: number[] = [];
      let now = 0;
      for (const step of actions) {
        if (step.kind === "take") {
          const port = pool.take(now);
          if (port === undefined) continue;
          expect(out).not.toContain(port);
          out.push(port);
        } else if (step.kind === "wait") now += step.ms;
        else if (out.length > 0) {
          const [port] = out.splice(step.pick % out.length, 1) as [number];
          if (step.kind === "release") pool.release(port, now);
          else pool.quarantine(port, now);
        }
        expect(pool.counts(now).used).toBe(out.length);
      }
      for (const port of out) pool.release(port, now);
      expect(pool.counts(now + quarantineMs)).toEqual({ free: 10, used: 0, draining: 0 });
    }),
  );
});
