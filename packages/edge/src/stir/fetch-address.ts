/** Addresses that nothing is fetched from, whatever a name leads to (threat L14): only what is public is left. */
import { parseIp } from "@ringfence/policy";
import { oneSpelling } from "../address.ts";
import type { CoreSettings } from "../settings.ts";

/** First address and prefix length. RFC 6890 and what came after it. */
const closed4: readonly (readonly [number, number])[] = [
  [0x00000000, 8], // this network
  [0x0a000000, 8], // private
  [0x64400000, 10], // shared by carriers (RFC 6598)
  [0x7f000000, 8], // loopback
  [0xa9fe0000, 16], // link-local, and the metadata services of clouds
  [0xac100000, 12], // private
  [0xc0000000, 24], // protocol assignments
  [0xc0586300, 24], // 6to4 relays
  [0xc0a80000, 16], // private
  [0xc6120000, 15], // benchmarks
  [0xe0000000, 3], // multicast, reserved, broadcast
];

/** An address as DNS gives it; what cannot be read is not public either. */
function isPublic(address: string): boolean {
  const ip = parseIp(address);
  if (ip === undefined) return false;
  if (ip.family === 4) return isPublic4(ip.value);
  const [first, second, , last] = ip.words;
  // Translated by a gateway (RFC 6052 §2.1): what counts is the address inside.
  if (first === 0x0064ff9b && second === 0) return isPublic4(last);
  // Global unicast is 2000::/3; of it 2002::/16 (6to4) and 2001::/23 (Teredo and others) lead to who knows where.
  if (first >>> 29 !== 1 || first >>> 16 === 0x2002) return false;
  return first >>> 9 !== 0x20010000 >>> 9;
}

function isPublic4(value: number): boolean {
  return closed4.every(([start, prefix]) => value >>> (32 - prefix) !== start >>> (32 - prefix));
}

type Peers = Pick<CoreSettings, "ownHosts" | "pbxNodes">;

/** Neither inside, nor this machine by its public address, nor the PBX. @param machine addresses of this machine */
export function isFetchable(address: string, { ownHosts, pbxNodes }: Peers, machine: readonly string[]): boolean {
  const closed = [...machine, ...ownHosts, ...pbxNodes.flatMap(({ host, addresses }) => [host, ...addresses])];
  return isPublic(address) && !closed.map(oneSpelling).includes(oneSpelling(address));
}
