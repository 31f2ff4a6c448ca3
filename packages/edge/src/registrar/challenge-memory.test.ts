import { expect, test } from "vitest";
import { datagramFlow, type Endpoint } from "../flow.ts";
import { ChallengeMemory } from "./challenge-memory.ts";

const local = { address: "203.0.113.1", port: 5060 };
const endpoint: Endpoint = { id: "access", role: "access", transport: "udp", local, advertised: local };
const flow = datagramFlow(endpoint, { address: "192.0.2.1", port: 4000 }, "phone");

test("a nonce that was just handed out cannot be stale, one that worked can, no nonce at all cannot", () => {
  const memory = new ChallengeMemory();
  expect(memory.mayBeStale(flow, "1001", [])).toBe(false);
  expect(memory.mayBeStale(flow, "1001", ["old"])).toBe(true);
  memory.issued(flow, "1001", ["n1"]);
  expect(memory.mayBeStale(flow, "1001", ["n1"])).toBe(false);
  expect(memory.mayBeStale(flow, "1002", ["n1"])).toBe(true);
  memory.accepted(flow, "1001");
  expect(memory.mayBeStale(flow, "1001", ["n1"])).toBe(true);
});

test("strangers who ask for challenges cannot make it grow", () => {
  const memory = new ChallengeMemory();
  memory.issued(flow, "first", ["n"]);
  for (let i = 0; i < 10_000; i++) memory.issued(flow, `user${i}`, ["n"]);
  expect(memory.mayBeStale(flow, "first", ["n"])).toBe(true);
  expect(memory.mayBeStale(flow, "user9999", ["n"])).toBe(false);
  for (let i = 0; i < 9; i++) memory.issued(flow, "user1", [`n${i}`]);
  expect(memory.knows(flow, "user1", ["n0"])).toBe(false);
  expect(memory.knows(flow, "user1", ["n1"])).toBe(true);
});
