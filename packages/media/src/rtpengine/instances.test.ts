import { expect, test } from "vitest";
import { Instances } from "./instances.ts";

const places = [
  { address: "10.0.0.7", port: 2223, weight: 3 },
  { address: "10.0.0.8", port: 2223, weight: 1 },
  { address: "10.0.0.9", port: 2223, weight: 0 },
];
const facts = { sessions: 0, interfaces: ["pub", "priv"] };
const nobody = new Set<number>();

function farm(names: readonly string[] = []): Instances {
  const instances = new Instances();
  for (const id of instances.configure(places, names)) {
    instances.heard(id, 0);
    instances.described(id, facts);
  }
  return instances;
}

test("before an instance has answered it gets no call", () => {
  const instances = new Instances();
  instances.configure(places, []);
  expect(instances.pick(0, nobody)).toBeUndefined();
});

test("calls are shared by weight; an instance of weight 0 gets none while another answers", () => {
  const instances = farm();
  const picked = Array.from({ length: 400 }, (_, dice) => instances.pick(dice, nobody));
  expect([1, 2, 3].map((id) => picked.filter((one) => one === id).length)).toEqual([300, 100, 0]);
  expect(instances.pick(7, new Set([1, 2]))).toBe(3);
  expect(instances.pick(7, new Set([1, 2, 3]))).toBeUndefined();
});

test("an instance that lets a request die gets no call until it describes itself again, and each change is said once", () => {
  const instances = farm();
  expect(instances.timedOut(1, 10)).toMatchObject({ id: 1, from: "up", to: "silent" });
  expect(instances.timedOut(1, 10)).toBeUndefined();
  for (let dice = 0; dice < 20; dice++) expect(instances.pick(dice, nobody)).toBe(2);
  instances.heard(1, 20);
  expect(instances.pick(0, nobody)).toBe(2);
  expect(instances.described(1, facts)).toMatchObject({ id: 1, from: "silent", to: "up" });
  expect(instances.described(1, facts)).toBeUndefined();
  expect(instances.pick(0, nobody)).toBe(1);
});

test("a request that was lost while others were answered says nothing against the instance", () => {
  const instances = farm();
  instances.heard(1, 500);
  expect(instances.timedOut(1, 400)).toBeUndefined();
  expect(instances.timedOut(1, 501)).toBeDefined();
});

test("an instance without an interface of that name gets no call: it would use another one without a word", () => {
  const instances = farm(["pub", "dmz"]);
  expect(instances.all.map(({ state }) => state)).toEqual(["unfit", "unfit", "unfit"]);
  expect(instances.pick(0, nobody)).toBeUndefined();
  expect(instances.described(2, { sessions: 0, interfaces: ["dmz", "pub"] })).toMatchObject({ to: "up" });
});

test("a reload keeps what is known of those that stay, and gives no more calls to those that left", () => {
  const instances = farm();
  const [first, second] = places;
  const fourth = { address: "10.0.0.10", port: 2223, weight: 1 };
  expect(instances.configure([{ ...first, address: "10.0.0.7", port: 2223, weight: 5 }, fourth], [])).toEqual([4]);
  expect(instances.find(1)).toMatchObject({ state: "up", place: { weight: 5 } });
  for (let dice = 0; dice < 20; dice++) expect(instances.pick(dice, nobody)).toBe(1);
  instances.forget(1);
  instances.forget(2);
  expect(instances.all.map(({ id }) => id)).toEqual([1, 3, 4]);
  expect(instances.find(3)?.retired).toBe(true);
  expect(second?.address).toBe("10.0.0.8");
});
