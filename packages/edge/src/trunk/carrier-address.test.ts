import { parseCidr } from "@ringfence/policy";
import { expect, test } from "vitest";
import { CarrierAddresses } from "./carrier-address.ts";

const inside = ["10.0.0.0/24", "2001:db8:1::/64"].map(parseCidr).filter((block) => typeof block !== "string");
const addresses = new CarrierAddresses(["203.0.113.1", "2001:db8:9::1"], inside);

test.each([
  ["0.0.0.0", "unspecified"],
  ["0.1.2.3", "unspecified"],
  ["::", "unspecified"],
  ["127.0.0.1", "loopback"],
  ["127.9.9.9", "loopback"],
  ["::1", "loopback"],
  ["::ffff:127.0.0.1", "loopback"],
  ["64:ff9b::7f00:1", "loopback"],
  ["169.254.169.254", "link-local"],
  ["fe80::1", "link-local"],
  ["224.0.0.1", "multicast"],
  ["ff02::1", "multicast"],
  ["255.255.255.255", "reserved"],
  ["203.0.113.1", "own"],
  ["::ffff:203.0.113.1", "own"],
  ["2001:db8:9:0:0:0:0:1", "own"],
  ["10.0.0.5", "inside"],
  ["64:ff9b::a00:5", "inside"],
  ["2001:db8:1::5", "inside"],
  ["not an address", "reserved"],
])("threat L14: DNS may not send a carrier's calls to %s (%s)", (address, why) => {
  expect(addresses.fault(address)).toBe(why);
});

test.each(["192.0.2.10", "10.0.1.5", "192.168.1.1", "2001:db8:2::1", "64:ff9b::c000:20a"])(
  "a carrier may be at %s, also in a VPN",
  (address) => {
    expect(addresses.fault(address)).toBeUndefined();
  },
);
