import { type IpAddress, parseIp } from "./address.ts";

/** A block of addresses as an inclusive range. IPv4 ends are one number, IPv6 ends four, each unsigned 32 bits. */
export interface Cidr {
  readonly text: string;
  readonly family: 4 | 6;
  readonly prefix: number;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

export type CidrFailure = "address" | "prefix" | "host-bits";

/** `192.0.2.0/24`, `2001:db8::/32`, or one address. Bits behind the prefix must be zero: 10.0.0.5/8 is a slip, not a rule. */
export function parseCidr(text: string): Cidr | CidrFailure {
  const slash = text.indexOf("/");
  const ip = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (ip === undefined) return "address";
  const written = text.includes(":") ? 128 : 32;
  const given = slash < 0 ? written : readPrefix(text, slash + 1, written);
  if (given < 0) return "prefix";
  // A mapped block counts its prefix from the front of the IPv6 address: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  const prefix = ip.family === 4 && written === 128 ? given - 96 : given;
  if (prefix < 0) return "prefix";
  const first = wordsOf(ip);
  const masks = first.map((_, index) => maskOf(prefix - index * 32));
  if (first.some((word, index) => (word & ~(masks[index] ?? 0)) !== 0)) return "host-bits";
  const last = first.map((word, index) => (word | ~(masks[index] ?? 0)) >>> 0);
  return { text, family: ip.family, prefix, first, last };
}

/** The block that an address with a prefix lies in, as an interface has it: `10.0.0.5/24` is in `10.0.0.0/24`. */
export function networkOf(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  const ip = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  const prefix = ip === undefined ? -1 : readPrefix(text, slash + 1, ip.family === 4 ? 32 : 128);
  if (ip === undefined || prefix < 0) return undefined;
  const words = wordsOf(ip);
  const masks = words.map((_, index) => maskOf(prefix - index * 32));
  const first = words.map((word, index) => (word & (masks[index] ?? 0)) >>> 0);
  const last = first.map((word, index) => (word | ~(masks[index] ?? 0)) >>> 0);
  return { text, family: ip.family, prefix, first, last };
}

function wordsOf(ip: IpAddress): readonly number[] {
  return ip.family === 4 ? [ip.value] : ip.words;
}

/** The leading `bits` of a 32-bit word. A shift by 32 is a shift by 0 in JavaScript, hence the two ends by hand. */
function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}

function readPrefix(text: string, start: number, most: number): number {
  let value = 0;
  if (start >= text.length || text.length - start > 3) return -1;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9 || (i > start && value === 0)) return -1;
    value = value * 10 + digit;
  }
  return value > most ? -1 : value;
}

function compareWords(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function compareCidrs(a: Cidr, b: Cidr): number {
  return compareWords(a.first, b.first) || compareWords(b.last, a.last);
}

/** Is `b` wholly inside `a`? */
export function holds(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && compareWords(a.first, b.first) <= 0 && compareWords(b.last, a.last) <= 0;
}

export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && compareWords(a.first, b.last) <= 0 && compareWords(b.first, a.last) <= 0;
}
