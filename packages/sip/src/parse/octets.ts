/**
 * Octet classes of RFC 3261 §25.1 as one lookup table. Input is a latin1 string: one char is one octet.
 * No regular expressions: this text comes from anybody.
 */

export const DIGIT = 1;
export const ALNUM = 2;
export const HEX = 4;
/** token */
export const TOKEN = 8;
/** gen-value that is a token or a host, and the `=` `/` `@` devices put there. No white space, quote, `;`, `,`, `<`, `>`. */
export const VALUE = 16;
/** unreserved / user-unreserved, and the bare `#` many phones send. */
export const USER = 32;
/** unreserved, `&` `=` `+` `$` `,` */
export const PASSWORD = 64;
/** paramchar */
export const URI_PARAM = 128;
/** hnv, `=` and `&` */
export const URI_HEADER = 256;
/** Visible ASCII that may stand in a URI of a scheme we do not know. */
export const URI_OTHER = 512;
/** A word of an unquoted display name: token, or octets above ASCII, which some phones do not quote. */
export const DISPLAY = 1024;
export const WHITE = 2048;
/** Visible ASCII without the comma: the characters of a Call-ID, liberal. */
export const CALL_ID = 4096;
/** hostname, with the underscore that private names have. */
export const HOSTNAME = 8192;

const classes = new Uint16Array(256);

function mark(mask: number, octets: string): void {
  for (let at = 0; at < octets.length; at++) {
    const code = octets.charCodeAt(at);
    classes[code] = (classes[code] ?? 0) | mask;
  }
}

function markRange(mask: number, first: number, last: number): void {
  for (let code = first; code <= last; code++) classes[code] = (classes[code] ?? 0) | mask;
}

const digits = "0123456789";
const alphanum = `${digits}abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ`;
const unreserved = `${alphanum}-_.!~*'()`;
const token = `${alphanum}-.!%*_+\`'~`;

mark(DIGIT, digits);
mark(ALNUM, alphanum);
mark(HEX, `${digits}abcdefABCDEF`);
mark(TOKEN, token);
mark(VALUE, `${token}[]:/@=&$?`);
mark(USER, `${unreserved}&=+$,;?/#`);
mark(PASSWORD, `${unreserved}&=+$,`);
mark(URI_PARAM, `${unreserved}[]/:&+$`);
mark(URI_HEADER, `${unreserved}[]/?:+$=&`);
markRange(URI_OTHER, 0x21, 0x7e);
for (const code of [0x22, 0x3c, 0x3e, 0x5c, 0x5e, 0x60, 0x7b, 0x7c, 0x7d])
  classes[code] = (classes[code] ?? 0) & ~URI_OTHER;
mark(DISPLAY, token);
markRange(DISPLAY, 0x80, 0xff);
mark(WHITE, " \t");
markRange(CALL_ID, 0x21, 0x7e);
classes[0x2c] = (classes[0x2c] ?? 0) & ~CALL_ID;
mark(HOSTNAME, `${alphanum}-._`);

/** True when the octet is in one of the classes of `mask`. NaN (past the end) is in none. */
export function isOctet(code: number, mask: number): boolean {
  return ((classes[code] ?? 0) & mask) !== 0;
}

/** Index of the first octet from `at` on that is in none of the classes, or `end`. */
export function span(text: string, at: number, end: number, mask: number): number {
  let here = at;
  while (here < end && ((classes[text.charCodeAt(here)] ?? 0) & mask) !== 0) here++;
  return here;
}

/** True when `text` is not empty and wholly in the classes. */
export function isWhole(text: string, mask: number): boolean {
  return text.length > 0 && span(text, 0, text.length, mask) === text.length;
}

export function isToken(text: string): boolean {
  return isWhole(text, TOKEN);
}

/**
 * Digits only, leading zeros allowed (RFC 4475 §3.1.1.1 has `0068`), at most `max` (a safe integer); else undefined.
 * No sign, no space, no exponent, no `0x`; never rounds.
 */
export function decimal(text: string, max: number): number | undefined {
  if (!isWhole(text, DIGIT)) return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    value = value * 10 + (text.charCodeAt(at) - 0x30);
    if (value > max) return undefined;
  }
  return value;
}

/** Without SP and HTAB at both ends. String.prototype.trim would also take what is not white space in SIP. */
export function trimmed(text: string): string {
  return trimmedSlice(text, 0, text.length);
}

/** `text.slice(from, to)`, trimmed. */
export function trimmedSlice(text: string, from: number, to: number): string {
  let first = from;
  let end = to;
  while (first < end && isOctet(text.charCodeAt(first), WHITE)) first++;
  while (end > first && isOctet(text.charCodeAt(end - 1), WHITE)) end--;
  return text.slice(first, end);
}
