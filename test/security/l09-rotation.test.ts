import { afterEach, expect, test } from "vitest";
import { rotate } from "../support/tls-rotation.ts";

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

test("threat L9: certificate and revocation list renewed under live carriers: none is lost, and new ones get the new", async () => {
  const result = await rotate({ rotations: 200, connections: 20, isDue: (round) => round % 10 === 0 }, cleanup);
  expect(result).toEqual({ dropped: 0, unanswered: 0, pairs: 20, wrong: 0, revokedHeard: 0 });
}, 60_000);
