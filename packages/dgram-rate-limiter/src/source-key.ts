const dot = 0x2e;
const colon = 0x3a;
/** No unicast address of the internet begins with it (RFC 4291 §2.4: 2000::/3). */
const turned = 0x8000_0000;

/**
 * A source address as two unsigned 32-bit numbers: an IPv4 address whole, an IPv6 address by its /64, because the last
 * 64 bits are the sender's to choose. IPv4 lies in 0::/32, which is reserved, so the two never meet in one table.
 * Hot path: one object read again and again; no strings made, no arrays, no exceptions.
 */
export class SourceKey {
  high = 0;
  low = 0;
  #wide = false;
  readonly #groups = new Uint16Array(8);

  /** Reads the form a socket gives: `192.0.2.1`, `2001:db8::1`, `::ffff:192.0.2.1`, `fe80::1%eth0`. False: it is no address. */
  read(address: string): boolean {
    this.#wide = false;
    if (address.indexOf(":") < 0) {
      const value = readIpv4(address, 0);
      if (value < 0) return false;
      this.high = 0;
      this.low = value;
      return true;
    }
    const groups = this.#groups;
    if (!readIpv6(address, groups)) return false;
    // RFC 4291 §2.5.5.2: an IPv4 host seen through an IPv6 socket is the same host.
    const mapped = pair(groups, 0) === 0 && pair(groups, 2) === 0 && pair(groups, 4) === 0xffff;
    this.high = mapped ? 0 : pair(groups, 0);
    this.low = mapped ? pair(groups, 6) : pair(groups, 2);
    return true;
  }

  /**
   * The /48 around an IPv6 source, which is what one customer gets (RFC 6177): as a key of its own, its top bit turned, so that it
   * meets no source. False: an IPv4 source has none.
   */
  widen(): boolean {
    if (this.#wide) return true;
    if (this.high === 0) return false;
    this.#wide = true;
    this.high = (this.high ^ turned) >>> 0;
    this.low = (this.low & 0xffff_0000) >>> 0;
    return true;
  }

  /** The key as it was before it was widened. */
  restore(high: number, low: number): void {
    this.high = high;
    this.low = low;
    this.#wide = false;
  }

  /** What `read` understood, as it is written for people: `192.0.2.1`, `2001:db8:1:2::/64`. */
  text(): string {
    const { low } = this;
    const high = this.#wide ? (this.high ^ turned) >>> 0 : this.high;
    if (high === 0) return [low >>> 24, (low >>> 16) & 255, (low >>> 8) & 255, low & 255].join(".");
    const groups = [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].map((group) => group.toString(16));
    const [held, prefix] = this.#wide ? [3, 48] : [4, 64];
    return `${groups.slice(0, held).join(":")}::/${prefix}`;
  }
}

function pair(groups: Uint16Array, at: number): number {
  return (groups[at] ?? 0) * 65536 + (groups[at + 1] ?? 0);
}

function readIpv4(text: string, start: number): number {
  let value = 0;
  let octet = 0;
  let digits = 0;
  let octets = 0;
  for (let i = start; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : dot;
    if (code === dot) {
      if (digits === 0 || octet > 255 || ++octets > 4) return -1;
      value = value * 256 + octet;
      octet = 0;
      digits = 0;
    } else {
      if (code < 0x30 || code > 0x39 || ++digits > 3) return -1;
      octet = octet * 10 + code - 0x30;
    }
  }
  return octets === 4 ? value : -1;
}

function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** RFC 4291 §2.2 up to a zone, into eight 16-bit groups. */
function readIpv6(text: string, groups: Uint16Array): boolean {
  const zone = text.indexOf("%");
  const end = zone < 0 ? text.length : zone;
  let count = 0;
  let gap = text.startsWith("::") ? 0 : -1;
  let i = gap === 0 ? 2 : 0;
  while (i < end) {
    const stop = groupEnd(text, i, end);
    if (text.charCodeAt(stop) === dot) return readEmbedded(text, i, groups, count, gap);
    const value = count < 8 ? readGroup(text, i, stop) : -1;
    if (value < 0) return false;
    groups[count++] = value;
    if (stop === end) break;
    i = stop + 1;
    if (i === end) return false;
    if (text.charCodeAt(i) === colon) {
      if (gap >= 0) return false;
      gap = count;
      i++;
    }
  }
  return spread(groups, count, gap);
}

function groupEnd(text: string, start: number, end: number): number {
  let i = start;
  while (i < end && text.charCodeAt(i) !== colon && text.charCodeAt(i) !== dot) i++;
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
  const tail = count - gap;
  groups.copyWithin(8 - tail, gap, count);
  groups.fill(0, gap, 8 - tail);
  return count <= 8;
}
