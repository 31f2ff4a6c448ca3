import { expect, test } from "vitest";
import { isFetchable } from "./fetch-address.ts";

const peers = {
  ownHosts: new Set(["198.51.100.1"]),
  pbxNodes: [
    { host: "203.0.113.50", port: 5060, transport: "udp" as const, addresses: ["203.0.113.50", "2001:db8::50"] },
  ],
};
const may = (address: string): boolean => isFetchable(address, peers, ["198.51.100.2", "2a00::2"]);

test.each(["192.0.2.7", "8.8.8.8", "223.255.255.255", "2a00::1", "2600:1f00::1", "64:ff9b::808:808"])(
  "%s is fetched from",
  (address) => expect(may(address)).toBe(true),
);

test.each([
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.8",
  "192.168.1.1",
  "198.18.0.1",
  "198.19.255.255",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::1",
  "fe80::1",
  "fc00::1",
  "fd12::1",
  "ff02::1",
  "2002:7f00:1::1",
  "2001::1",
  "100::1",
  "127.1",
  "0x7f.0.0.1",
  "fe80::1%eth0",
  "localhost",
  "",
])("%s is not (threat L14)", (address) => {
  expect(may(address)).toBe(false);
});

test.each(["198.51.100.1", "198.51.100.2", "2a00::2", "2a00:0:0::2", "203.0.113.50"])(
  "%s is this machine or the PBX, and is not",
  (address) => expect(may(address)).toBe(false),
);
