/**
 * Private data in log lines, hidden by type. Each level hides what the one before hides, and more:
 * off < numbers (dialled numbers) < users (account names too) < addresses (IP addresses too).
 * Secrets (SDES keys, digest responses, passwords) are hidden at every level.
 * Written as scanners: what they read was written by peers.
 */
import { isIP } from "node:net";

export type MaskLevel = "off" | "numbers" | "users" | "addresses";

export interface Mask {
  /** A URI, a number or an account name: who calls, who is called. */
  identity(text: string): string;
  /** `192.0.2.1`, `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
  address(text: string): string;
  /** Free text: numbers, URIs, addresses and secrets inside it are found and hidden. */
  text(text: string): string;
}

const ranks: Readonly<Record<MaskLevel, number>> = { off: 0, numbers: 1, users: 2, addresses: 3 };
/** Extensions are shorter than this and name a desk, not a person outside. */
const shortestNumber = 5;
/** In free text a port has up to five digits. */
const shortestNumberInText = 6;
const shortestNumberInside = 7;
/** Names after which a value is a secret: `a=crypto:1 ... inline:KEY`, `response="..."`. */
const secretNames = ["inline:", "response=", "password=", "passwd=", "secret=", "cnonce="];
/** Names after which a quoted value is a person. */
const userNames = ["username="];
const schemes = ["sip:", "sips:", "tel:"];

export function createMask(level: MaskLevel): Mask {
  const hides = (what: MaskLevel): boolean => ranks[level] >= ranks[what];
  const identity = (text: string): string => maskIdentity(text, hides);
  const address = (text: string): string => (hides("addresses") ? "***" : text);
  const tokens = (text: string): string => maskTokens(text, hides, identity, address);
  return { identity, address, text: (text) => (mayHide(text) ? tokens(text) : text) };
}

/** Words alone hide nothing: a number has digits, a URI or an IPv6 address a colon, an account `@`, a secret `:` or `=`. */
function mayHide(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (isDigit(c) || c === 0x3a || c === 0x3d || c === 0x40) return true;
  }
  return false;
}

type Hides = (what: MaskLevel) => boolean;

/** Keeps at most five leading and two trailing digits, and never shows all but two: +4930123456 is +49301***56. */
export function maskNumber(number: string): string {
  const plus = number.startsWith("+") ? "+" : "";
  const digits = digitsOf(number);
  const head = Math.max(0, Math.min(5, digits.length - 5));
  return `${plus}${digits.slice(0, head)}***${digits.slice(-2)}`;
}

function maskIdentity(text: string, hides: Hides): string {
  const colon = text.indexOf(":");
  if (colon >= 0 && beginsUri(text, 0)) return text.slice(0, colon + 1) + maskIdentity(text.slice(colon + 1), hides);
  const at = text.indexOf("@");
  const user = at < 0 ? text : text.slice(0, at);
  const host = at < 0 ? "" : text.slice(at);
  return maskUser(user, hides) + (host === "" || !hides("addresses") ? host : "@***");
}

function maskUser(user: string, hides: Hides): string {
  const parameters = user.indexOf(";");
  if (parameters >= 0) return maskUser(user.slice(0, parameters), hides);
  if (isNumber(user, shortestNumber)) return hides("numbers") ? maskNumber(user) : user;
  if (hides("users") && user !== "") return `${user.slice(0, 1)}***`;
  return hides("numbers") ? maskDigitRuns(user) : user;
}

/** A number as people write it: digits with an optional plus and separators, and not an IPv4 address, which has dots. */
function isNumber(text: string, fewestDigits: number): boolean {
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (isDigit(c)) digits++;
    else if (!(c === 0x2b && i === 0) && !isSeparator(c)) return false;
  }
  return digits >= fewestDigits && !(text.includes(".") && isIP(text) !== 0);
}

function maskTokens(text: string, hides: Hides, identity: Mask["identity"], address: Mask["address"]): string {
  let masked = "";
  let at = 0;
  while (at < text.length) {
    if (!isTokenCharacter(text.charCodeAt(at))) {
      if (text[at] === "<" && hides("users") && beginsUri(text, at + 1)) masked = withoutDisplayName(masked);
      masked += text[at++];
      continue;
    }
    const end = tokenEnd(text, at);
    masked += maskToken(text.slice(at, end), hides, identity, address);
    at = end;
    // A quoted secret: the quote ends the token before it, so its content is dropped here.
    if (text[end] === '"' && isHiddenName(text.slice(Math.max(0, end - 16), end), hides)) {
      const close = text.indexOf('"', end + 1);
      masked += '"***"';
      at = close < 0 ? text.length : close + 1;
    }
  }
  return masked;
}

function maskToken(token: string, hides: Hides, identity: Mask["identity"], address: Mask["address"]): string {
  const lower = token.toLowerCase();
  for (const name of secretNames) {
    const at = lower.indexOf(name);
    if (at >= 0 && token.length > at + name.length) return `${token.slice(0, at + name.length)}***`;
  }
  if (beginsUri(token, 0) || token.includes("@")) return identity(token);
  if (isAddress(token)) return address(token);
  if (!hides("numbers")) return token;
  return isNumber(token, shortestNumberInText) ? maskNumber(token) : maskDigitRuns(token);
}

/** A number in the middle of something else, as in a Call-ID that a phone made of it. Beside a letter up to f it is a hex digit. */
function maskDigitRuns(token: string): string {
  let masked = "";
  let from = 0;
  for (let at = 0; at < token.length; at++) {
    let end = at;
    while (isDigit(token.charCodeAt(end))) end++;
    if (
      end - at >= shortestNumberInside &&
      !isHexLetter(token.charCodeAt(at - 1)) &&
      !isHexLetter(token.charCodeAt(end))
    ) {
      masked += token.slice(from, at) + maskNumber(token.slice(at, end));
      from = end;
    }
    at = end;
  }
  return masked + token.slice(from);
}

/** `192.0.2.1`, `192.0.2.0/24`, `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
function isAddress(token: string): boolean {
  if (!token.includes(".") && !token.includes(":")) return false;
  const slash = token.indexOf("/");
  if (slash >= 0) return isIP(token.slice(0, slash)) !== 0;
  if (isIP(token) !== 0) return true;
  const colon = token.lastIndexOf(":");
  if (colon < 0) return false;
  const host = token.slice(0, colon);
  return isIP(host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host) !== 0;
}

function isHiddenName(text: string, hides: Hides): boolean {
  const names = hides("users") ? [...secretNames, ...userNames] : secretNames;
  return names.some((name) => text.slice(-name.length).toLowerCase() === name);
}

function beginsUri(text: string, at: number): boolean {
  const start = text.slice(at, at + 5).toLowerCase();
  return schemes.some((scheme) => start.startsWith(scheme));
}

/** RFC 3261 §25.1, name-addr: what stands before `<sip:` in quotes, or as words behind the name of a header. */
function withoutDisplayName(before: string): string {
  const text = before.trimEnd();
  const gap = before.slice(text.length);
  if (text.endsWith('"')) return `${text.slice(0, Math.max(0, text.lastIndexOf('"', text.length - 2)))}"***"${gap}`;
  const colon = text.lastIndexOf(":");
  const words = text.slice(colon + 1);
  return colon < 0 || words.trim() === "" || words.includes("<") ? before : `${text.slice(0, colon + 1)} ***${gap}`;
}

/** Letters, digits and what may stand inside numbers, URIs, addresses and base64; everything else separates tokens. */
function isTokenCharacter(c: number): boolean {
  return tokenCharacters[c] === 1;
}

const tokenCharacters = new Uint8Array(128);
for (const [first = "", last = first] of ["09", "AZ", "az", ..."+-._~@:%=/&!$*[]"])
  tokenCharacters.fill(1, first.charCodeAt(0), last.charCodeAt(0) + 1);

/** A token goes on over one space when digits stand on both sides: numbers are written with spaces. */
function tokenEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length) {
    const c = text.charCodeAt(end);
    const bridgesDigits =
      c === 0x20 &&
      isDigit(text.charCodeAt(end - 1)) &&
      isDigit(text.charCodeAt(end + 1)) &&
      isNumberSoFar(text, start, end);
    if (!isTokenCharacter(c) && !bridgesDigits) break;
    end++;
  }
  return end;
}

function isNumberSoFar(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (!isDigit(c) && !(c === 0x2b && i === start) && !isSeparator(c)) return false;
  }
  return true;
}

function digitsOf(text: string): string {
  let digits = "";
  for (let i = 0; i < text.length; i++) if (isDigit(text.charCodeAt(i))) digits += text[i];
  return digits;
}

const isHexLetter = (c: number): boolean => (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66);
const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;
/** Visual separators of RFC 3966, the space and the slash. */
const isSeparator = (c: number): boolean => c === 0x20 || (c >= 0x2d && c <= 0x2f) || c === 0x28 || c === 0x29;
