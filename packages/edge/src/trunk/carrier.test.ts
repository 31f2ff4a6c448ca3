import { loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";
import type { Endpoint } from "../flow.ts";
import type { CoreSettings, TrunkSettings } from "../settings.ts";
import { carrierFlow } from "./carrier.ts";

const at = (role: Endpoint["role"], address: string, port: number): Endpoint => {
  const local = { address, port };
  return { id: `${role} ${address} ${port}`, role, transport: "udp", local, advertised: local };
};
const endpoints = [
  at("access", "203.0.113.1", 5060),
  at("access", "2001:db8::1", 5060),
  at("trunks", "203.0.113.1", 5070),
  at("trunks", "203.0.113.1", 5071),
];

function flowTo(address: string, listeners: readonly string[]) {
  const loaded = loadConfig(`
pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com] }
trunks: [{ name: a, hosts: [{ uri: "sip:c.example" }] }]
`);
  if (!loaded.ok || loaded.config.trunks[0] === undefined) throw new Error("refused");
  const trunk: TrunkSettings = { config: loaded.config.trunks[0], hops: [], listeners };
  const hop = { host: "c.example", address, port: 5060, transport: "udp", priority: 1, weight: 0 } as const;
  return carrierFlow({ endpoints } as unknown as CoreSettings, { trunk, hop })?.endpoint.id;
}

test("a trunk with sockets of its own calls from those and never from the phones'", () => {
  expect(flowTo("198.51.100.1", ["trunks 203.0.113.1 5071"])).toBe("trunks 203.0.113.1 5071");
  expect(flowTo("198.51.100.1", [])).toBe("access 203.0.113.1 5060");
});

test("a host is called from a socket of its kind of address, or not at all", () => {
  expect(flowTo("2001:db8::9", [])).toBe("access 2001:db8::1 5060");
  expect(flowTo("2001:db8::9", ["trunks 203.0.113.1 5070"])).toBeUndefined();
});
