import { compile, loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";
import type { Endpoint } from "./flow.ts";
import { Reception } from "./reception.ts";
import type { CoreSettings } from "./settings.ts";

const at = (role: Endpoint["role"], port: number): Endpoint => {
  const local = { address: "203.0.113.1", port };
  return { id: `${role}:udp:203.0.113.1:${port}`, role, transport: "udp", local, advertised: local };
};
const phones = at("access", 5060);
const carriers = at("trunks", 5070);
const others = at("trunks", 5071);

function reception(): Reception {
  const loaded = loadConfig(`
pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com], listen: [{ transport: udp, address: 203.0.113.1 }] }
core: { phones_from: "10.0.0.2:5060", trunks_from: "10.0.0.3:5060" }
trunks:
  - { name: apart, hosts: [{ uri: "sip:198.51.100.1" }], listen: [{ transport: udp, address: 203.0.113.1, port: 5070 }] }
  - { name: shared, hosts: [{ uri: "sip:198.51.100.2" }] }
  - name: line
    mode: register
    hosts: [{ uri: "sip:sip.carrier.example" }]
    credentials: { user: u, password: { env: X } }
defence: { deny: [192.0.2.66] }
`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const { config } = loaded;
  const hop = (address: string) =>
    ({ host: "h", address, port: 5060, transport: "udp", priority: 1, weight: 0 }) as const;
  const settings: CoreSettings = {
    config,
    policy: compile(config),
    endpoints: [phones, carriers, others],
    ownHosts: new Set(),
    pbx: { ...config.pbx, addresses: ["10.0.0.5"] },
    pbxNodes: [{ ...config.pbx, addresses: ["10.0.0.5"] }],
    trunks: config.trunks.map((trunk) => ({
      config: trunk,
      hops: [hop(trunk.name === "line" ? "198.51.100.77" : (trunk.hosts[0]?.host ?? ""))],
      listeners: trunk.name === "apart" ? [carriers.id] : [],
    })),
  };
  return new Reception(settings, 1, { now: () => 0, keeps: (id) => id === kept, onCount: () => {} });
}

/** On this flow somebody is registered. */
const kept = `${phones.id}|192.0.2.10|40000`;
const invite = Buffer.from("INVITE sip:600@pbx.example.com SIP/2.0\r\n\r\n");

const heard = (endpoint: Endpoint, address: string) => {
  const flow = reception().admit(endpoint, { address, port: 5060 }, "f");
  return flow && [flow.side, flow.trunk];
};

test("a carrier is its address and its socket: on the phones' socket one with its own is a stranger", () => {
  expect(heard(carriers, "198.51.100.1")).toEqual(["trunk", "apart"]);
  expect(heard(phones, "198.51.100.1")).toEqual(["phone", undefined]);
});

test("on a socket for carriers nobody else is heard: no phone, no other trunk, not the PBX", () => {
  for (const address of ["192.0.2.10", "198.51.100.2", "198.51.100.77", "10.0.0.5"])
    expect(heard(carriers, address)).toBeUndefined();
  expect(heard(others, "198.51.100.1")).toBeUndefined();
});

test("a carrier without sockets of its own is known by its address on the phones'", () => {
  expect(heard(phones, "198.51.100.2")).toEqual(["trunk", "shared"]);
});

test("a carrier that we register with is known where DNS says it is", () => {
  expect(heard(phones, "198.51.100.77")).toEqual(["trunk", "line"]);
  expect(heard(phones, "198.51.100.78")).toEqual(["phone", undefined]);
});

test("a denied source is heard nowhere", () => {
  expect(heard(phones, "192.0.2.66")).toBeUndefined();
});

test("a flood on a carriers' socket meets the same gate as on the phones', and a carrier none", () => {
  const door = reception();
  const passed = (address: string) =>
    Array.from({ length: 3000 }, () => door.gate(carriers, { address, port: 5060 }, invite)).filter(Boolean);
  expect(passed("192.0.2.10").length).toBeLessThan(3000);
  expect(passed("198.51.100.1")).toHaveLength(3000);
  expect(passed("198.51.100.77")).toHaveLength(3000);
});

test("of a banned source a few calls for help are heard and nothing else; a flow that is registered there goes on", () => {
  const door = reception();
  const passed = (port: number, text: string) =>
    Array.from({ length: 100 }, () => door.gate(phones, { address: "192.0.2.10", port }, Buffer.from(text))).filter(
      Boolean,
    ).length;
  const [call, help, register] = [
    "INVITE sip:600@a SIP/2.0",
    "INVITE sip:112@a SIP/2.0",
    "REGISTER sip:a SIP/2.0",
  ] as const;
  door.ban("192.0.2.10", 60_000);
  expect([passed(5060, call), passed(5060, register), passed(40_000, call), passed(5060, help)]).toEqual([0, 0, 0, 5]);
  expect(door.dropped.banned).toBe(395);
  const office = reception();
  office.trusts("192.0.2.10", "registered");
  office.ban("192.0.2.10", 60_000);
  const at = (port: number, text: string) => office.gate(phones, { address: "192.0.2.10", port }, Buffer.from(text));
  expect(Array.from({ length: 1_000 }, () => at(40_000, call)).every(Boolean)).toBe(true);
  expect([at(5060, call), at(5060, register)]).toEqual([false, true]);
  office.unban("192.0.2.10");
  expect(at(5060, call)).toBe(true);
});

test("a banned /48 is deaf to each of its sources", () => {
  const door = reception();
  door.ban("2001:db8:1::/48", 60_000);
  const at = (address: string) => door.gate(phones, { address, port: 5060 }, invite);
  expect([at("2001:db8:1:77::1"), at("2001:db8:2:77::1")]).toEqual([false, true]);
});
