import { expect, test } from "vitest";
import { Deadlines } from "./deadlines.ts";
import { Records, type TxTimer } from "./records.ts";

function bench() {
  const heap = new Deadlines<TxTimer>();
  const records = new Records(heap);
  const add = (id: number, flowId: string) => {
    const flow = { id: flowId, reliable: false, packetSource: { address: "192.0.2.1", port: 1 } };
    const record = { id, key: `key ${id}`, flow };
    records.add(record);
    return record;
  };
  return { heap, records, add };
}

test("a removed record leaves no timer, no key and no flow behind", () => {
  const { heap, records, add } = bench();
  const one = add(1, "a");
  const two = add(2, "a");
  const three = add(3, "b");
  records.arm(one, "A", 0, 500);
  records.arm(one, "B", 0, 32_000);
  expect([records.onFlow("a"), records.flows, heap.size]).toEqual([[one, two], 2, 2]);
  for (const record of [one, three]) records.remove(record);
  expect([records.onFlow("a"), records.flows, heap.size, records.size]).toEqual([[two], 1, 0, 1]);
  expect([records.byId(1), records.byKey("key 1")]).toEqual([undefined, undefined]);
  records.remove(two);
  expect([records.flows, records.size]).toEqual([0, 0]);
});

test("re-arming a timer replaces it, and a fired one tells how long it ran", () => {
  const { heap, records, add } = bench();
  const one = add(1, "a");
  records.arm(one, "A", 0, 500);
  records.arm(one, "A", 100, 1000);
  expect([heap.size, heap.next()]).toEqual([1, 1100]);
  expect(records.fired(one, "A")).toBe(1000);
  expect([records.fired(one, "A"), records.fired(one, "B")]).toEqual([undefined, undefined]);
});

test("the same key twice is a bug", () => {
  const { records, add } = bench();
  const one = add(1, "a");
  expect(() => records.add({ ...one, id: 2 })).toThrow("used once");
});
