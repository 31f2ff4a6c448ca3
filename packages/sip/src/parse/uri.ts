/** URIs: `sip:` and `sips:` (RFC 3261 §19.1), `tel:` (RFC 3966), and any other scheme kept as text. */
import { escapeUser, isEscaped, unescapeUnreserved, unescapeUser } from "./escape.ts";
import { formatHost, parseHostPort } from "./host.ts";
import { limits } from "./limits.ts";
import { ALNUM, DIGIT, isOctet, isWhole, PASSWORD, URI_HEADER, URI_OTHER, URI_PARAM, USER } from "./octets.ts";
import { formatParams, hasParam, type Param } from "./params.ts";

export interface SipUri {
  readonly kind: "sip";
  readonly scheme: "sip" | "sips";
  /** Decoded where that is safe (escape.ts): `%40` is `@`, `%00` stays `%00`. Never empty. */
  readonly user: string | undefined;
  /** As written, escapes included. */
  readonly password: string | undefined;
  /** Lower case; IPv6 without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Names in lower case; names and values with unreserved characters unescaped. */
  readonly params: readonly Param[];
  /** The text after `?`, as written. */
  readonly headers: string | undefined;
  readonly raw: string;
}

export interface TelUri {
  readonly kind: "tel";
  /** Without visual separators: `+44`, digits, `*`, `#`, hexadecimal digits in lower case. */
  readonly number: string;
  readonly params: readonly Param[];
  readonly raw: string;
}

export interface OtherUri {
  readonly kind: "other";
  /** Lower case. */
  readonly scheme: string;
  readonly raw: string;
}

export type Uri = SipUri | TelUri | OtherUri;

/** The whole of `text` as one URI without `<>` or white space; undefined when it is not one. */
export function parseUri(text: string): Uri | undefined {
  if (text.length > limits.uri) return undefined;
  const colon = text.indexOf(":");
  if (colon < 1) return undefined;
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme === "sip" || scheme === "sips") return parseSip(scheme, text, colon + 1);
  if (scheme === "tel") return parseTel(text, colon + 1);
  return isScheme(scheme) && isWhole(text, URI_OTHER) ? { kind: "other", scheme, raw: text } : undefined;
}

function isScheme(scheme: string): boolean {
  if (!isOctet(scheme.charCodeAt(0), ALNUM) || isOctet(scheme.charCodeAt(0), DIGIT)) return false;
  for (let at = 1; at < scheme.length; at++) {
    if (!isOctet(scheme.charCodeAt(at), ALNUM) && !"+-.".includes(scheme.charAt(at))) return false;
  }
  return true;
}

/**
 * `@` may stand nowhere but after the userinfo, so the first one ends it, and `;` `?` `/` before it belong to the user
 * (RFC 4475 §3.1.1.9 semiuri). A second `@` then fails as a host.
 */
function parseSip(scheme: "sip" | "sips", raw: string, from: number): SipUri | undefined {
  const at = raw.indexOf("@", from);
  const userinfo = at < 0 ? undefined : parseUserinfo(raw.slice(from, at));
  if (at >= 0 && userinfo === undefined) return undefined;
  const hostFrom = at < 0 ? from : at + 1;
  const question = raw.indexOf("?", hostFrom);
  const end = question < 0 ? raw.length : question;
  const semicolon = raw.indexOf(";", hostFrom);
  const hostEnd = semicolon < 0 || semicolon > end ? end : semicolon;
  const place = parseHostPort(raw.slice(hostFrom, hostEnd));
  const params = hostEnd === end ? [] : parseUriParams(raw.slice(hostEnd + 1, end));
  if (place === undefined || params === undefined) return undefined;
  const headers = question < 0 ? undefined : raw.slice(question + 1);
  if (headers !== undefined && (headers === "" || !isEscaped(headers, URI_HEADER))) return undefined;
  const { user, password } = userinfo ?? {};
  return { kind: "sip", scheme, user, password, host: place.host, port: place.port, params, headers, raw };
}

function parseUserinfo(text: string): { user: string; password: string | undefined } | undefined {
  const colon = text.indexOf(":");
  const user = colon < 0 ? text : text.slice(0, colon);
  if (user === "" || !isEscaped(user, USER)) return undefined;
  const password = colon < 0 ? undefined : text.slice(colon + 1);
  if (password !== undefined && !isEscaped(password, PASSWORD)) return undefined;
  return { user: unescapeUser(user), password };
}

function parseUriParams(text: string): readonly Param[] | undefined {
  const params: Param[] = [];
  let from = 0;
  while (from <= text.length) {
    const semicolon = text.indexOf(";", from);
    const end = semicolon < 0 ? text.length : semicolon;
    const param = parseUriParam(text.slice(from, end));
    if (param === undefined || params.length === limits.params || hasParam(params, param.name)) return undefined;
    params.push(param);
    from = end + 1;
  }
  return params;
}

function parseUriParam(text: string): Param | undefined {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  if (name === "" || !isEscaped(name, URI_PARAM)) return undefined;
  const value = equals < 0 ? undefined : text.slice(equals + 1);
  if (value !== undefined && (value === "" || !isEscaped(value, URI_PARAM))) return undefined;
  return {
    name: unescapeUnreserved(name).toLowerCase(),
    value: value === undefined ? undefined : unescapeUnreserved(value),
  };
}

/** RFC 3966 §3. A local number without phone-context is taken too: `tel:112` is what phones send. */
function parseTel(raw: string, from: number): TelUri | undefined {
  const semicolon = raw.indexOf(";", from);
  const digits = phoneDigits(raw.slice(from, semicolon < 0 ? raw.length : semicolon));
  const params = semicolon < 0 ? [] : parseUriParams(raw.slice(semicolon + 1));
  return digits === undefined || params === undefined ? undefined : { kind: "tel", number: digits, params, raw };
}

function phoneDigits(text: string): string | undefined {
  const plus = text.startsWith("+") ? "+" : "";
  const alphabet = plus === "+" ? "0123456789" : "0123456789abcdef*#";
  let digits = plus;
  for (const char of text.slice(plus.length).toLowerCase()) {
    if (alphabet.includes(char)) digits += char;
    else if (!"-.()".includes(char)) return undefined;
  }
  return digits === "" || digits === "+" ? undefined : digits;
}

export type SipUriParts = Omit<SipUri, "raw">;

/** Rebuilds the text: escapes the user, brackets IPv6. An OtherUri has only its raw text. */
export function formatUri(uri: SipUriParts | TelUri | OtherUri): string {
  if (uri.kind === "other") return uri.raw;
  if (uri.kind === "tel") return `tel:${uri.number}${formatParams(uri.params)}`;
  const password = uri.password === undefined ? "" : `:${uri.password}`;
  const userinfo = uri.user === undefined ? "" : `${escapeUser(uri.user)}${password}@`;
  const port = uri.port === undefined ? "" : `:${uri.port}`;
  const headers = uri.headers === undefined ? "" : `?${uri.headers}`;
  return `${uri.scheme}:${userinfo}${formatHost(uri.host)}${port}${formatParams(uri.params)}${headers}`;
}

/** Builds a URI of ours. `host` without brackets, parameters as they shall stand on the wire. */
export function sipUri(parts: {
  readonly user?: string | undefined;
  readonly host: string;
  readonly port?: number | undefined;
  readonly params?: readonly Param[];
  readonly scheme?: "sip" | "sips";
}): SipUri {
  const uri: SipUriParts = {
    kind: "sip",
    scheme: parts.scheme ?? "sip",
    user: parts.user,
    password: undefined,
    host: parts.host.toLowerCase(),
    port: parts.port,
    params: parts.params ?? [],
    headers: undefined,
  };
  return { ...uri, raw: formatUri(uri) };
}
