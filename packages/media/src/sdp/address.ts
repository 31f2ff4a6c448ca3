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

export function sameFamily(one: string, other: string): boolean {
  return one.includes(":") === other.includes(":");
}

/** Of canonical addresses: the same /24, or the same /64. */
export function sameNetwork(one: string, other: string): boolean {
  if (!sameFamily(one, other)) return false;
  const [mine, theirs, length] = one.includes(":")
    ? [words6(one), words6(other), 4]
    : [one.split("."), other.split("."), 3];
  return mine.slice(0, length).every((part, index) => part === theirs[index]);
}

export type AddressKind = "unspecified" | "loopback" | "link-local" | "multicast" | "private" | "public";

/**
 * Of a canonical address. RFC 6890 and its IPv6 counterparts; "private" includes the carrier NAT range of RFC 6598. An IPv6
 * address that stands for an IPv4 one is of the kind of that.
 */
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
  const words = words6(address);
  const [first = 0] = words;
  if (first >= 0xff00) return "multicast";
  if (first >= 0xfe80 && first < 0xfec0) return "link-local";
  if (first >= 0xfc00 && first < 0xfe00) return "private";
  const embedded = embedded4(words);
  return embedded === undefined ? "public" : kindOf4(embedded);
}

/** RFC 4291 §2.5.5.1 (compatible), RFC 2765 (translated), RFC 6052 (NAT64), RFC 3056 (6to4): the IPv4 address inside. */
function embedded4(words: readonly number[]): string | undefined {
  const zeros = (from: number, to: number): boolean => words.slice(from, to).every((word) => word === 0);
  if (words[0] === 0x2002) return dotted(words[1], words[2]);
  const compatible = zeros(0, 6);
  const translated = zeros(0, 4) && words[4] === 0xffff && words[5] === 0;
  const nat64 = words[0] === 0x64 && words[1] === 0xff9b && zeros(2, 6);
  return compatible || translated || nat64 ? dotted(words[6], words[7]) : undefined;
}

function dotted(high = 0, low = 0): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

/** Eight words of a canonical IPv6 address, in which the last two may be written with dots. */
function words6(address: string): readonly number[] {
  const [head = "", tail] = address.split("::");
  const before = wordsOf(head);
  if (tail === undefined) return before;
  const after = wordsOf(tail);
  return [...before, ...new Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after];
}

function wordsOf(text: string): readonly number[] {
  if (text === "") return [];
  return text.split(":").flatMap((part) => {
    if (!part.includes(".")) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
