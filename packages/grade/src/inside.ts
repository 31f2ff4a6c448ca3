/** Addresses that nobody on the internet can reach: RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291, and the machine itself. */
import { isLoopback, PrefixSet, parseCidr } from "@ringfence/policy";

const blocks = new PrefixSet(
  ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00:0::0/7", "fe80:0::0/10"]
    .map(parseCidr)
    .filter((one) => typeof one !== "string"),
);

/** @param address IPv4 or IPv6, without brackets */
export function isInside(address: string): boolean {
  return isLoopback(address) || blocks.has(address);
}
