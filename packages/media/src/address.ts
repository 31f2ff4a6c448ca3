/** IP addresses as one text each, so that they can be compared as strings, and what kind of place an address is. */
import { isIP, SocketAddress } from "node:net";

/** "::ffff:192.0.2.1" becomes "192.0.2.1", "2001:DB8:0::1" becomes "2001:db8::1"; undefined for what is no IP literal. */
export function canonicalAddress(text: string): string | undefined {
  const family = isIP(text);
  if (family === 4) return text;
  if (family !== 6 || text.includes("%")) return undefined;
  const address = new SocketAddress({ address: text, family: "ipv6" }).address;
  const mapped = address.startsWith("::ffff:") ? address.slice("::ffff:".length) : "";
  return isIP(mapped) === 4 ? mapped : address;
}

export type AddressKind = "unspecified" | "loopback" | "link-local" | "multicast" | "private" | "public";

/** Of a canonical address. RFC 6890 and its IPv6 counterparts; "private" includes the carrier NAT range of RFC 6598. */
export function addressKind(address: string): AddressKind {
  return address.includes(":") ? kindOf6(address) : kindOf4(address);
}

function kindOf4(address: string): AddressKind {
  const [a = 0, b = 0] = address.split(".").map(Number);
  if (a === 0) return "unspecified";
  if (a === 127) return "loopback";
  if (a === 169 && b === 254) return "link-local";
  // 224/4 multicast; 240/4 reserved, with the broadcast address: nobody's unicast address either.
  if (a >= 224) return "multicast";
  const isPrivate =
    a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128);
  return isPrivate ? "private" : "public";
}

function kindOf6(address: string): AddressKind {
  if (address === "::") return "unspecified";
  if (address === "::1") return "loopback";
  const first = Number.parseInt(address.slice(0, address.indexOf(":")) || "0", 16);
  if (first >= 0xff00) return "multicast";
  if (first >= 0xfe80 && first < 0xfec0) return "link-local";
  return first >= 0xfc00 && first < 0xfe00 ? "private" : "public";
}
