/**
 * Percent escapes in URIs (RFC 3261 §19.1.2, §19.1.4).
 *
 * A user part is kept decoded where that cannot be misread: `%61` is `a`, `%40` is `@`, `%2B` is `+`. Octets outside
 * visible ASCII (and SP) stay escaped, so `%00` never becomes a NUL, and `%25` stays, so decoding twice changes nothing.
 * Every spelling of one user therefore has one text, which is what a policy must compare.
 */
import { HEX, isOctet, span, USER } from "./octets.ts";

const PERCENT = 0x25;
const UNRESERVED_MARKS = "-_.!~*'()";

/** True when each `%` is followed by two hexadecimal digits and every other octet is in `mask`. */
export function isEscaped(text: string, mask: number): boolean {
  let at = span(text, 0, text.length, mask);
  while (at < text.length) {
    if (text.charCodeAt(at) !== PERCENT || !isHexPair(text, at + 1)) return false;
    at = span(text, at + 3, text.length, mask);
  }
  return true;
}

/** Decodes what is visible ASCII or SP; keeps the rest escaped, in upper case. */
export function unescapeUser(text: string): string {
  return decode(text, (code) => code >= 0x20 && code <= 0x7e && code !== PERCENT);
}

/** Decodes unreserved characters only: the normal form of a URI parameter (§19.1.4: `%6C%72` is `lr`). */
export function unescapeUnreserved(text: string): string {
  return decode(text, isUnreserved);
}

function isUnreserved(code: number): boolean {
  const alphanum = (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return alphanum || (code < 0x80 && UNRESERVED_MARKS.includes(String.fromCharCode(code)));
}

function decode(text: string, plain: (code: number) => boolean): string {
  let percent = text.indexOf("%");
  if (percent < 0) return text;
  let out = "";
  let from = 0;
  while (percent >= 0) {
    const digits = text.slice(percent + 1, percent + 3);
    const code = Number.parseInt(digits, 16);
    out += text.slice(from, percent) + (plain(code) ? String.fromCharCode(code) : `%${digits.toUpperCase()}`);
    from = percent + 3;
    percent = text.indexOf("%", from);
  }
  return out + text.slice(from);
}

/** The inverse of `unescapeUser`: escapes what may not stand in a user part; an escape already there is kept. */
export function escapeUser(user: string): string {
  const clean = span(user, 0, user.length, USER);
  if (clean === user.length && !user.includes("#")) return user;
  let out = "";
  for (let at = 0; at < user.length; at++) {
    const code = user.charCodeAt(at);
    const keep = code === PERCENT ? isHexPair(user, at + 1) : isOctet(code, USER) && code !== 0x23;
    out += keep ? user.charAt(at) : hex(code);
  }
  return out;
}

function hex(code: number): string {
  return `%${(code & 0xff).toString(16).toUpperCase().padStart(2, "0")}`;
}

function isHexPair(text: string, at: number): boolean {
  return isOctet(text.charCodeAt(at), HEX) && isOctet(text.charCodeAt(at + 1), HEX);
}
