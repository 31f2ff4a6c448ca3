import { loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";
import type { Flow } from "../flow.ts";
import type { CoreSettings } from "../settings.ts";
import { legMedia } from "./leg-media.ts";

const loaded = loadConfig(
  `pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com], public_address: 203.0.113.10 }
media: { address: 192.168.1.10, public_address: 203.0.113.10 }
trunks:
  - { name: tunnel, hosts: [{ uri: "sip:10.9.0.1;transport=udp" }], interface: wg0 }
  - { name: other, hosts: [{ uri: "sip:192.0.2.1;transport=udp" }] }`,
  new Map([["wg0", ["10.9.0.2"]]]),
);

/** A leg of that trunk whose signalling goes over that address of ours. */
function mediaOf(trunk: string, address: string) {
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const { config } = loaded;
  const settings = {
    config,
    trunks: config.trunks.map((one) => ({ config: one, hops: [] })),
  } as unknown as CoreSettings;
  const flow = {
    side: "trunk",
    transport: "udp",
    packetSource: { address: "10.9.0.1", port: 5060 },
    endpoint: { local: { address, port: 5060 } },
  } as unknown as Flow;
  const { localAddress, advertisedAddress } = legMedia(settings, flow, trunk);
  return { localAddress, advertisedAddress };
}

test("the sound of a trunk on an interface is at the address of its signalling, and shows that one", () => {
  expect(mediaOf("tunnel", "10.9.0.2")).toEqual({ localAddress: "10.9.0.2", advertisedAddress: "10.9.0.2" });
});

test("that of any other is where the configuration says, behind the public address", () => {
  const everybody = { localAddress: "192.168.1.10", advertisedAddress: "203.0.113.10" };
  expect(mediaOf("other", "192.168.1.10")).toEqual(everybody);
});
