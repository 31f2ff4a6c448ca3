/** An address and port as text, and the octets of an address. */
import { parseIp } from "@ringfence/policy";

export interface Place {
  readonly address: string;
  readonly port: number;
}

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`; what was masked is the address that is nobody's. */
export function readPlace(text: string): Place {
  const colon = text.lastIndexOf(":");
  const host = colon < 0 ? text : text.slice(0, colon);
  const address = host.startsWith("[") ? host.slice(1, -1) : host;
  const known = parseIp(address) !== undefined;
  return { address: known ? address : "0.0.0.0", port: known ? Number(text.slice(colon + 1)) || 0 : 0 };
}

/** Both ends of a packet are of one family: where only one is an IPv6 address the other is written as one (RFC 4291 §2.5.5.2). */
export function addressOctets(
  one: string,
  other: string,
): { readonly family: 4 | 6; readonly octets: [Buffer, Buffer] } {
  const family = one.includes(":") || other.includes(":") ? 6 : 4;
  return { family, octets: [octetsOf(one, family), octetsOf(other, family)] };
}

function octetsOf(address: string, family: 4 | 6): Buffer {
  const ip = parseIp(address);
  const octets = Buffer.alloc(family === 4 ? 4 : 16);
  if (ip?.family === 6) for (const [i, word] of ip.words.entries()) octets.writeUInt32BE(word, 4 * i);
  if (ip?.family !== 4) return octets;
  if (family === 6) octets.writeUInt16BE(0xffff, 10);
  octets.writeUInt32BE(ip.value, family === 6 ? 12 : 0);
  return octets;
}
