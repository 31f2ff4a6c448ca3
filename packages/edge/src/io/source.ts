/** What counts as one source: an IPv4 address, or the /64 that one IPv6 line has (RFC 6177 §2). */
import { parseIp } from "@ringfence/policy";

export function sourceOf(address: string): string {
  if (!address.includes(":")) return address;
  const ip = parseIp(address);
  // parseIp turns a mapped address into the IPv4 address that it stands for.
  if (ip === undefined) return address;
  return ip.family === 4 ? String(ip.value) : `${ip.words[0]}:${ip.words[1]}`;
}
