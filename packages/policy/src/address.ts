/**
 * IP addresses as eight or two numbers. Strict on purpose: `010.0.0.1` is 8.0.0.1 to some readers and 10.0.0.1 to others,
 * so leading zeros are no address here, and neither are three-part, hexadecimal or zoned forms.
 */
export type IpAddress =
  | { readonly family: 4; readonly value: number }
  | { readonly family: 6; readonly words: readonly [number, number, number, number] };

const dot = 0x2e;
const zero = 0x30;
const colon = 0x3a;

/** Dotted quad between `start` and the end of the text as an unsigned 32-bit number; -1 if it is none. */
export function readIpv4(text: string, start: number): number {
  let value = 0;
  let octet = -1;
  let digits = 0;
  let dots = 0;
  for (let i = start; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : dot;
    if (code === dot) {
      if (digits === 0 || ++dots > 4) return -1;
      value = value * 256 + octet;
      octet = -1;
      digits = 0;
      continue;
    }
    const digit = code - zero;
    if (digit < 0 || digit > 9 || octet === 0) return -1;
    octet = digits === 0 ? digit : octet * 10 + digit;
    if (++digits > 3 || octet > 255) return -1;
  }
  return dots === 4 ? value : -1;
}

function hexValue(code: number): number {
  if (code >= zero && code <= 0x39) return code - zero;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** RFC 4291 §2.2 into eight 16-bit groups; false if the text is no IPv6 address. */
export function readIpv6(text: string, groups: Uint16Array): boolean {
  let count = 0;
  let gap = -1;
  let i = 0;
  if (text.startsWith("::")) {
    gap = 0;
    i = 2;
  }
  while (i < text.length) {
    if (count === 8) return false;
    const end = groupEnd(text, i);
    if (text.charCodeAt(end) === dot) return readEmbedded(text, i, groups, count, gap);
    const value = readGroup(text, i, end);
    if (value < 0) return false;
    groups[count++] = value;
    if (end === text.length) break;
    i = end + 1;
    if (i === text.length) return false;
    if (text.charCodeAt(i) === colon) {
      if (gap >= 0) return false;
      gap = count;
      i++;
    }
  }
  return spread(groups, count, gap);
}

function groupEnd(text: string, start: number): number {
  let i = start;
  while (i < text.length && text.charCodeAt(i) !== colon && text.charCodeAt(i) !== dot) i++;
  return i;
}

function readGroup(text: string, start: number, end: number): number {
  if (end === start || end - start > 4) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = hexValue(text.charCodeAt(i));
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function readEmbedded(text: string, start: number, groups: Uint16Array, count: number, gap: number): boolean {
  const quad = readIpv4(text, start);
  if (quad < 0 || count > 6) return false;
  groups[count] = quad >>> 16;
  groups[count + 1] = quad & 0xffff;
  return spread(groups, count + 2, gap);
}

/** Moves what stands behind `::` to the end and fills the gap with zeros. */
function spread(groups: Uint16Array, count: number, gap: number): boolean {
  if (gap < 0) return count === 8;
  if (count > 7) return false;
  const tail = count - gap;
  groups.copyWithin(8 - tail, gap, count);
  groups.fill(0, gap, 8 - tail);
  return true;
}

/** ::ffff:0:0/96, RFC 4291 §2.5.5.2: the same host as the IPv4 address inside, so it is read as that. */
export function isMapped(groups: Uint16Array): boolean {
  for (let i = 0; i < 5; i++) if (groups[i] !== 0) return false;
  return groups[5] === 0xffff;
}

export function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(":")) {
    const value = readIpv4(text, 0);
    return value < 0 ? undefined : { family: 4, value };
  }
  const groups = new Uint16Array(8);
  if (!readIpv6(text, groups)) return undefined;
  const word = (at: number): number => (groups[at] ?? 0) * 65536 + (groups[at + 1] ?? 0);
  if (isMapped(groups)) return { family: 4, value: word(6) };
  return { family: 6, words: [word(0), word(2), word(4), word(6)] };
}

/** One spelling for each address, so that two can be compared as text; undefined if it is no address. */
export function canonicalIp(text: string): string | undefined {
  const ip = parseIp(text);
  if (ip === undefined) return undefined;
  if (ip.family === 4) return [24, 16, 8, 0].map((shift) => (ip.value >>> shift) & 255).join(".");
  return ip.words.flatMap((word) => [(word >>> 16).toString(16), (word & 0xffff).toString(16)]).join(":");
}

export function isWildcard(address: string): boolean {
  const ip = parseIp(address);
  if (ip === undefined) return false;
  return ip.family === 4 ? ip.value === 0 : ip.words.every((word) => word === 0);
}

export function isLoopback(address: string): boolean {
  const ip = parseIp(address);
  if (ip === undefined) return false;
  return ip.family === 4 ? ip.value >>> 24 === 127 : ip.words.join() === "0,0,0,1";
}
