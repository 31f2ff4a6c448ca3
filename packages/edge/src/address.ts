/** Addresses as text: IPv6 has many spellings, and one line has 2^64 addresses. */
import { isIP, SocketAddress } from "node:net";
import { parseIp } from "@ringfence/policy";

const MAPPED = "::ffff:";

/** As a socket writes it, so that configured addresses and those of packets can be compared as text. */
export function oneSpelling(address: string): string {
  // Asked of each domain name that a phone writes: most are told apart without reading them as an address.
  if (!address.includes(":") || isIP(address) !== 6 || address.includes("%")) return address;
  const written = new SocketAddress({ address, family: "ipv6" }).address;
  const inside = written.startsWith(MAPPED) ? written.slice(MAPPED.length) : "";
  return isIP(inside) === 4 ? inside : written;
}

export function sameFamily(one: string, other: string): boolean {
  return one.includes(":") === other.includes(":");
}

/** What counts as one source: an IPv4 address, or the /64 that one IPv6 line has (RFC 6177 §2). */
export function sourceOf(address: string): string {
  if (!address.includes(":")) return address;
  const ip = parseIp(address);
  // parseIp turns a mapped address into the IPv4 address that it stands for.
  if (ip === undefined) return address;
  return ip.family === 4 ? String(ip.value) : `${ip.words[0]}:${ip.words[1]}`;
}
