import { expect, test } from "vitest";
import { addressKind, canonicalAddress } from "./address.ts";

test("every spelling of an address becomes one", () => {
  expect(canonicalAddress("2001:DB8:0:0::1")).toBe("2001:db8::1");
  expect(canonicalAddress("::ffff:192.0.2.1")).toBe("192.0.2.1");
  expect(canonicalAddress("192.0.2.1")).toBe("192.0.2.1");
});

test.each(["", "pbx.example.com", "010.0.0.1", "1.2.3", "1.2.3.4.5", "[::1]", "fe80::1%eth0", "::g"])(
  "%j is no address",
  (text) => expect(canonicalAddress(text)).toBeUndefined(),
);

test.each([
  ["0.0.0.0", "unspecified"],
  ["::", "unspecified"],
  ["127.0.0.9", "loopback"],
  ["::1", "loopback"],
  ["169.254.169.254", "link-local"],
  ["fe80::1", "link-local"],
  ["224.0.0.1", "multicast"],
  ["255.255.255.255", "multicast"],
  ["ff02::1", "multicast"],
  ["10.0.0.1", "private"],
  ["172.31.0.1", "private"],
  ["172.32.0.1", "public"],
  ["192.168.1.1", "private"],
  ["100.64.0.1", "private"],
  ["fd00::1", "private"],
  ["203.0.113.1", "public"],
  ["2001:db8::1", "public"],
])("%s is %s", (address, kind) => expect(addressKind(address)).toBe(kind));
