import { expect, test } from "vitest";
import { pooledRandom } from "./random-pool.ts";

test("no octets are handed out twice, whatever the sizes", () => {
  const random = pooledRandom();
  const seen = new Set<string>();
  for (let i = 0; i < 5_000; i++) seen.add(Buffer.from(random(16)).toString("hex"));
  expect(seen.size).toBe(5_000);
  expect(random(8_192)).toHaveLength(8_192);
  expect(random(3)).toHaveLength(3);
});

test("octets that were handed out do not change afterwards", () => {
  const random = pooledRandom();
  const first = random(32);
  const before = Buffer.from(first).toString("hex");
  for (let i = 0; i < 2_000; i++) random(32);
  expect(Buffer.from(first).toString("hex")).toBe(before);
});
