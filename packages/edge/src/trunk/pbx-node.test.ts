import { expect, test } from "vitest";
import { seededBytes } from "../../../../test/support/seeded-random.ts";
import type { PbxNode } from "../settings.ts";
import type { EdgeState } from "../state.ts";
import { healthState } from "./pbx-health-state.ts";
import { preferred } from "./pbx-node.ts";

function node(host: string, priority: number, weight: number): PbxNode {
  return { host, port: 5060, transport: "udp", addresses: [host], priority, weight };
}

/** Hosts in the order they are preferred by one process. */
function orderOf(seed: number, pbxNodes: readonly PbxNode[]): string {
  const state = { settings: { pbxNodes }, pbxHealth: healthState(), random: seededBytes(seed) } as unknown as EdgeState;
  const first = preferred(state).map(({ host }) => host);
  expect(preferred(state).map(({ host }) => host)).toEqual(first);
  return first.join("");
}

test("a node of a lower priority is preferred whatever the weights, and without weights the file decides", () => {
  for (let seed = 0; seed < 50; seed++) {
    expect(orderOf(seed, [node("a", 1, 1), node("b", 2, 60_000)])).toBe("ab");
    expect(orderOf(seed, [node("b", 1, 0), node("a", 1, 0)])).toBe("ba");
    expect(orderOf(seed, [node("z", 1, 0), node("a", 1, 1)])).toBe("az");
  }
});

test("among equals many processes share the nodes in proportion to weight (RFC 2782)", () => {
  const nodes = [node("a", 1, 10), node("b", 1, 30), node("c", 1, 60)];
  const firsts = Array.from({ length: 4_000 }, (_, seed) => orderOf(seed, nodes)[0]);
  const share = (host: string) => firsts.filter((first) => first === host).length / firsts.length;
  expect(Math.abs(share("a") - 0.1)).toBeLessThan(0.03);
  expect(Math.abs(share("b") - 0.3)).toBeLessThan(0.03);
  expect(Math.abs(share("c") - 0.6)).toBeLessThan(0.03);
});
