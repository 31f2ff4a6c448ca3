import { expect, test } from "vitest";
import { compile } from "./compile.ts";
import { loadConfig } from "./config/load.ts";
import type { Policy } from "./policy.ts";
import type { SignalSubject } from "./subject.ts";

const file = `
pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com] }
trunks:
  - { name: a, hosts: [{ uri: "sip:192.0.2.10" }], from: [192.0.2.0/28, "2001:db8:a::/48"], numbers: { prefix: ["+1", "+1900"] } }
  - { name: b, hosts: [{ uri: "sip:192.0.2.200" }], numbers: { prefix: ["+44", "+1900555"] } }
  - { name: rest, hosts: [{ uri: "sip:sip.carrier.example" }], from: [203.0.113.7] }
defence: { allow: [198.51.100.1], deny: [198.51.100.0/24] }
`;

function policyOf(text: string): Policy {
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return compile(loaded.config);
}

const policy = policyOf(file);

const call: SignalSubject = {
  side: "phone",
  packetSource: "203.0.113.99",
  transport: "udp",
  method: "INVITE",
  inDialog: false,
  size: 1000,
  headerCount: 15,
  targetScheme: "sip",
  targetUser: "600",
  targetHost: "pbx.example.com",
  targetRaw: "sip:600@pbx.example.com",
  number: undefined,
  account: "1001",
  load: {
    calls: 0,
    callsThisSecond: 0,
    callsOfAccount: 0,
    callsOfTrunk: 0,
    callsOfTrunkThisSecond: 0,
    unregisteredEmergencies: 0,
  },
};

test("the side of a source is its trunk by address, else phone", () => {
  expect(policy.sideOf("192.0.2.15")).toEqual({ side: "trunk", trunk: "a" });
  expect(policy.sideOf("::ffff:192.0.2.15")).toEqual({ side: "trunk", trunk: "a" });
  expect(policy.sideOf("2001:db8:a::9")).toEqual({ side: "trunk", trunk: "a" });
  expect(policy.sideOf("192.0.2.200")).toEqual({ side: "trunk", trunk: "b" });
  expect(policy.sideOf("192.0.2.16")).toEqual({ side: "phone" });
  expect(policy.sideOf("not an address")).toEqual({ side: "phone" });
});

test("the longest prefix takes the number, a trunk without prefixes takes the rest", () => {
  expect(policy.trunkFor("+15550100")).toBe("a");
  expect(policy.trunkFor("+19005551234")).toBe("b");
  expect(policy.trunkFor("+4420")).toBe("b");
  expect(policy.trunkFor("+33")).toBe("rest");
  expect(policy.trunkFor("15550100")).toBe("rest");
});

test("PBX, carriers and allowed sources are exempt from the packet gate", () => {
  expect(["10.0.0.5", "192.0.2.1", "203.0.113.7", "198.51.100.1"].every(policy.isExempt)).toBe(true);
  expect(policy.isExempt("203.0.113.99")).toBe(false);
  expect(policy.isDenied("198.51.100.1")).toBe(true);
});

test("the chain tells every rule that was asked, in order, and the key that would change the answer", () => {
  const allowed = policy.decideSignal(call);
  expect(allowed.chain.map(({ rule }) => rule)).toEqual([
    "source",
    "shape",
    "method",
    "emergency",
    "target",
    "identity",
    "suspension",
    "destination",
    "international",
    "hours",
    "capacity",
    "use",
  ]);
  const refused = policy.decideSignal({ ...call, targetHost: "evil.example" });
  expect(refused.chain.at(-1)).toEqual({
    rule: "target",
    outcome: "reject",
    note: "the domain is not served here",
    key: "phones.domains",
  });
});

test("no note repeats what a peer wrote", () => {
  const planted = {
    ...call,
    targetUser: "planted",
    targetHost: "planted",
    targetRaw: "sip:planted@planted",
    account: "planted",
  };
  for (const method of ["INVITE", "MESSAGE", "planted", "BYE"]) {
    expect(JSON.stringify(policy.decideSignal({ ...planted, method }).chain)).not.toContain("planted");
  }
});

test("two decisions about one subject are equal, and the subject is not touched", () => {
  const frozen = Object.freeze({ ...call, load: Object.freeze({ ...call.load }) });
  expect(policy.decideSignal(frozen)).toEqual(policy.decideSignal(frozen));
});

test("an emergency call passes while a limit cannot be evaluated, any other call does not (threat L15)", () => {
  const broken = {
    ...call,
    load: { ...call.load, calls: Number.NaN, callsOfAccount: Number.NaN, unregisteredEmergencies: Number.NaN },
  };
  expect(policy.decideSignal(broken).action).toBe("reject");
  expect(policy.decideSignal({ ...broken, targetUser: "112", account: undefined })).toMatchObject({
    action: "allow",
    emergency: true,
  });
});
