/** `name-addr / addr-spec` with header parameters: From, To, Contact, Route, Refer-To ... (RFC 3261 §20.10, §25.1). */
import { limits } from "./limits.ts";
import { DISPLAY, isToken, span, trimmed, WHITE } from "./octets.ts";
import { formatParams, type Param, paramValue, parseParams } from "./params.ts";
import { quote, quotedEnd, splitList, unquote } from "./quoted.ts";
import { formatUri, parseUri, type Uri } from "./uri.ts";

export interface NameAddr {
  /** Without quotes and backslashes; undefined when there is none. */
  readonly displayName: string | undefined;
  readonly uri: Uri;
  /** Header parameters, not those of the URI. */
  readonly params: readonly Param[];
  readonly tag: string | undefined;
}

const QUOTE = 0x22;
const LESS = 0x3c;

export function parseNameAddr(value: string): NameAddr | undefined {
  const text = trimmed(value);
  if (text.charCodeAt(0) === QUOTE) {
    const end = quotedEnd(text, 0);
    if (end < 0) return undefined;
    const less = span(text, end, text.length, WHITE);
    return bracketed(text, less, unquote(text.slice(0, end)));
  }
  const less = span(text, 0, text.length, DISPLAY | WHITE);
  if (text.charCodeAt(less) === LESS) {
    const words = trimmed(text.slice(0, less));
    return bracketed(text, less, words === "" ? undefined : words);
  }
  return bare(text);
}

function bracketed(text: string, less: number, displayName: string | undefined): NameAddr | undefined {
  const greater = text.charCodeAt(less) === LESS ? text.indexOf(">", less) : -1;
  return greater < 0 ? undefined : nameAddr(displayName, text.slice(less + 1, greater), text, greater + 1);
}

/**
 * Without `<>` every `;` starts a header parameter (RFC 4475 cparam01), and a URI with a comma or question mark may not
 * stand bare at all (§20: MUST be enclosed), lest URI headers turn into something else (regbadct).
 */
function bare(text: string): NameAddr | undefined {
  const semicolon = text.indexOf(";");
  const end = semicolon < 0 ? text.length : semicolon;
  const uri = trimmed(text.slice(0, end));
  if (uri.includes("?") || uri.includes(",")) return undefined;
  return nameAddr(undefined, uri, text, end);
}

function nameAddr(
  displayName: string | undefined,
  uriText: string,
  text: string,
  paramsFrom: number,
): NameAddr | undefined {
  const uri = parseUri(uriText);
  const params = parseParams(text, paramsFrom);
  if (uri === undefined || params === undefined) return undefined;
  const tag = paramValue(params, "tag");
  if (tag === undefined)
    return params.some((param) => param.name === "tag") ? undefined : { displayName, uri, params, tag };
  return isToken(tag) ? { displayName, uri, params, tag } : undefined;
}

/** Every element of every value, in order; undefined when one is malformed or there are more than `max`. */
export function parseNameAddrList(values: readonly string[], max: number): readonly NameAddr[] | undefined {
  const list: NameAddr[] = [];
  for (const value of values) {
    const elements = splitList(value, max, "name-addr");
    if (elements === undefined || list.length + elements.length > max) return undefined;
    for (const element of elements) {
      const parsed = parseNameAddr(element);
      if (parsed === undefined) return undefined;
      list.push(parsed);
    }
  }
  return list;
}

/** RFC 3261 §20.10: `*` stands alone, or is malformed. */
export function parseContacts(values: readonly string[]): readonly NameAddr[] | "*" | undefined {
  if (values.length === 1 && values[0] === "*") return "*";
  return parseNameAddrList(values, limits.listElements);
}

/** Always with quotes and brackets, so that no reader can take a parameter for the other kind. */
export function formatNameAddr(parts: {
  readonly displayName?: string | undefined;
  readonly uri: Uri | string;
  readonly params?: readonly Param[] | undefined;
}): string {
  const uri = typeof parts.uri === "string" ? parts.uri : formatUri(parts.uri);
  const name = parts.displayName === undefined || parts.displayName === "" ? "" : `${quote(parts.displayName)} `;
  return `${name}<${uri}>${formatParams(parts.params ?? [])}`;
}
