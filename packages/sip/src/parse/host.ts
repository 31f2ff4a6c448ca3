/** Hosts of URIs and Via: names, IPv4, IPv6 references (RFC 3261 §25.1 host, RFC 5954 for IPv6). */
import { DIGIT, decimal, HEX, HOSTNAME, isOctet, isWhole } from "./octets.ts";

export interface HostPort {
  /** Lower case; an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const MAX_NAME = 253;
const MAX_LABEL = 63;
const MAX_IPV6 = 45;

/** `host [":" port]` that fills `text` wholly; port 1..65535. */
export function parseHostPort(text: string): HostPort | undefined {
  const bracketed = text.charCodeAt(0) === 0x5b;
  const hostEnd = bracketed ? text.indexOf("]") + 1 : hostnameEnd(text);
  if (hostEnd === 0) return undefined;
  const host = parseHost(text.slice(0, hostEnd));
  if (host === undefined) return undefined;
  if (hostEnd === text.length) return { host, port: undefined };
  if (text.charCodeAt(hostEnd) !== 0x3a || text.length > hostEnd + 6) return undefined;
  const port = decimal(text.slice(hostEnd + 1), 65_535);
  return port === undefined || port === 0 ? undefined : { host, port };
}

function hostnameEnd(text: string): number {
  const colon = text.indexOf(":");
  return colon < 0 ? text.length : colon;
}

/** A host as it stands in a URI (IPv6 in brackets): lower case, brackets gone. */
function parseHost(text: string): string | undefined {
  if (text.charCodeAt(0) === 0x5b) {
    const inner = text.slice(1, -1);
    return text.endsWith("]") && isIpv6(inner) ? inner.toLowerCase() : undefined;
  }
  if (isIpv4(text)) return text;
  return isHostname(text) ? text.toLowerCase() : undefined;
}

/** Puts an IPv6 address in brackets, leaves the rest alone. */
export function formatHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Four decimal octets; a leading zero is refused, because some readers take it for octal. */
export function isIpv4(text: string): boolean {
  const { length } = text;
  if (length < 7 || length > 15) return false;
  let dots = 0;
  let digits = 0;
  let value = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT && digits > 0) {
      dots++;
      digits = 0;
      value = 0;
      continue;
    }
    if (code < ZERO || code > NINE || (digits > 0 && value === 0)) return false;
    digits++;
    value = value * 10 + code - ZERO;
    if (value > 255) return false;
  }
  return dots === 3 && digits > 0;
}

/** RFC 4291 §2.2 text forms, without a zone. */
export function isIpv6(text: string): boolean {
  if (text.length < 2 || text.length > MAX_IPV6) return false;
  const gap = text.indexOf("::");
  if (gap < 0) return groups(text, "tail") === 8;
  if (text.indexOf("::", gap + 1) >= 0) return false;
  const head = text.slice(0, gap);
  const tail = text.slice(gap + 2);
  const before = head === "" ? 0 : groups(head, "head");
  const after = tail === "" ? 0 : groups(tail, "tail");
  return before >= 0 && after >= 0 && before + after <= 7;
}

/** How many 16-bit groups the text stands for, or -100 when it is malformed. Only a tail may end in IPv4. */
function groups(text: string, place: "head" | "tail"): number {
  const parts = text.split(":");
  let count = 0;
  for (const [index, part] of parts.entries()) {
    if (part.length <= 4 && isWhole(part, HEX)) count += 1;
    else if (place === "tail" && index === parts.length - 1 && isIpv4(part)) count += 2;
    else return -100;
  }
  return count;
}

/**
 * A hostname whose last label starts with a letter, as the grammar's toplabel does: `1.2.3`, `010.1.2.3` and
 * `0x7f.1` are neither addresses nor names, and resolvers disagree about them.
 */
function isHostname(text: string): boolean {
  if (text.length > MAX_NAME || !isWhole(text, HOSTNAME)) return false;
  const end = text.endsWith(".") ? text.length - 1 : text.length;
  let from = 0;
  while (from <= end) {
    const dot = text.indexOf(".", from);
    const stop = dot < 0 || dot > end ? end : dot;
    if (!isLabel(text, from, stop)) return false;
    if (stop === end) return !isOctet(text.charCodeAt(from), DIGIT);
    from = stop + 1;
  }
  return false;
}

function isLabel(text: string, from: number, stop: number): boolean {
  const length = stop - from;
  return length > 0 && length <= MAX_LABEL && text.charCodeAt(from) !== 0x2d && text.charCodeAt(stop - 1) !== 0x2d;
}
