import { Deadlines } from "@ringfence/sip";
import { expect, test } from "vitest";
import { datagramFlow, type Endpoint } from "../flow.ts";
import { type Binding, BindingTable } from "./binding.ts";

const local = { address: "203.0.113.1", port: 5060 };
const endpoint: Endpoint = { id: "access", role: "access", transport: "udp", local, advertised: local };
const timers = new Deadlines<string>();

function binding(token: string, user: string, port: number): Binding {
  return {
    token,
    aor: `${user}@pbx.example.com`,
    user,
    domain: "pbx.example.com",
    shownDomain: "pbx.example.com",
    contactUri: `sip:${user}@192.0.2.1:${port}`,
    flow: datagramFlow(endpoint, { address: "192.0.2.1", port }, "phone"),
    expiresAt: 1_000,
    others: [],
    callId: "c",
    cseq: 1,
    pbxUntil: 1_000,
    confirmedAt: 0,
    provenAt: 0,
  };
}

function table(...bindings: readonly Binding[]): BindingTable {
  const made = new BindingTable();
  for (const one of bindings) made.set(one, timers.arm(1_000, one.token));
  return made;
}

test("a binding is found by token, account, user and flow, and gone from all when deleted", () => {
  const one = binding("t1", "1001", 4000);
  const bindings = table(one, binding("t2", "1001", 4001), binding("t3", "1002", 4000));
  expect(bindings.get("t1")).toBe(one);
  expect(bindings.ofAor("1001@pbx.example.com").map((b) => b.token)).toEqual(["t1", "t2"]);
  expect(bindings.onFlow(one.flow.id).map((b) => b.token)).toEqual(["t1", "t3"]);
  expect(bindings.latestOfUser("1001")?.token).toBe("t2");
  bindings.delete("t1");
  expect(bindings.size).toBe(2);
  expect(bindings.get("t1")).toBeUndefined();
  expect(bindings.onFlow(one.flow.id).map((b) => b.token)).toEqual(["t3"]);
});

test("a phone that moved is found on its new flow only", () => {
  const before = binding("t1", "1001", 4000);
  const after = binding("t1", "1001", 5000);
  const bindings = table(before, after);
  expect(bindings.size).toBe(1);
  expect(bindings.onFlow(before.flow.id)).toHaveLength(0);
  expect(bindings.onFlow(after.flow.id)).toHaveLength(1);
});
