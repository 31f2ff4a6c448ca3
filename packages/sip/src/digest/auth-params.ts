import { span, TOKEN, trimmed, WHITE } from "../parse/octets.ts";
import { quote, quotedEnd, splitList, unquote } from "../parse/quoted.ts";

/** Far above what any scheme has; a bound on what one header may cost. */
const MAX_PARAMS = 32;
const SCHEME = "digest";

/**
 * RFC 7235 §2.1, RFC 3261 §25.1: `Digest name=value, ...` as unquoted text by lower-case name. Undefined for another scheme,
 * a malformed element or a name that stands twice: two readers would pick different ones.
 */
export function parseAuthParams(value: string): ReadonlyMap<string, string> | undefined {
  const schemeEnd = span(value, 0, value.length, TOKEN);
  const listFrom = span(value, schemeEnd, value.length, WHITE);
  if (value.slice(0, schemeEnd).toLowerCase() !== SCHEME || listFrom === schemeEnd) return undefined;
  const elements = splitList(trimmed(value.slice(listFrom)), MAX_PARAMS, "plain");
  if (elements === undefined) return undefined;
  const params = new Map<string, string>();
  for (const element of elements) {
    const param = parseParam(element);
    if (param === undefined || params.has(param.name)) return undefined;
    params.set(param.name, param.text);
  }
  return params;
}

/** `name = token` or `name = "text"`, and nothing after it. */
function parseParam(element: string): { readonly name: string; readonly text: string } | undefined {
  const nameEnd = span(element, 0, element.length, TOKEN);
  const equals = span(element, nameEnd, element.length, WHITE);
  if (nameEnd === 0 || element.charAt(equals) !== "=") return undefined;
  const from = span(element, equals + 1, element.length, WHITE);
  const quoted = element.charAt(from) === '"';
  const end = quoted ? quotedEnd(element, from) : span(element, from, element.length, TOKEN);
  if (end !== element.length || end <= from) return undefined;
  const raw = element.slice(from);
  return { name: element.slice(0, nameEnd).toLowerCase(), text: quoted ? unquote(raw) : raw };
}

/** One parameter to write: `quoted` text, or a bare token. Absent ones are left out. */
export type AuthParam = readonly [name: string, form: "quoted" | "token", text: string | undefined];

export function formatAuthParams(params: readonly AuthParam[]): string {
  const written = params.flatMap(([name, form, text]) =>
    text === undefined ? [] : [`${name}=${form === "quoted" ? quote(text) : text}`],
  );
  return `Digest ${written.join(", ")}`;
}
