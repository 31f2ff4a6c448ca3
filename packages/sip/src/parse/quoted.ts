/** Quoted strings and comma lists (RFC 3261 §25.1 quoted-string, §7.3.1 lists). */
import { trimmed } from "./octets.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LESS = 0x3c;

/** `text[at]` is a double quote: the index after the closing one, or -1 when there is none. */
export function quotedEnd(text: string, at: number): number {
  for (let here = at + 1; here < text.length; here++) {
    const code = text.charCodeAt(here);
    if (code === BACKSLASH) here++;
    else if (code === QUOTE) return here + 1;
  }
  return -1;
}

/** The content of a quoted string without quotes and backslashes; other text comes back as it is. */
export function unquote(text: string): string {
  if (text.charCodeAt(0) !== QUOTE || text.length < 2) return text;
  const inner = text.slice(1, -1);
  if (!inner.includes("\\")) return inner;
  let plain = "";
  let from = 0;
  for (let at = inner.indexOf("\\"); at >= 0; at = inner.indexOf("\\", at + 2)) {
    plain += inner.slice(from, at);
    from = at + 1;
  }
  return plain + inner.slice(from);
}

/** Adds the quotes, and a backslash before each quote and backslash. */
export function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/**
 * Splits at commas that stand outside quoted strings and, for name-addr lists, outside `<>`. Elements are trimmed.
 * Undefined when a quote or bracket does not close, an element is empty, or there are more than `max`.
 */
export function splitList(text: string, max: number, kind: "plain" | "name-addr"): readonly string[] | undefined {
  if (!text.includes(",")) return text === "" ? undefined : [text];
  const elements: string[] = [];
  let from = 0;
  let at = 0;
  while (at <= text.length) {
    const code = at === text.length ? COMMA : text.charCodeAt(at);
    if (code === QUOTE) {
      at = quotedEnd(text, at);
      if (at < 0) return undefined;
    } else if (code === LESS && kind === "name-addr") {
      at = text.indexOf(">", at);
      if (at < 0) return undefined;
    } else if (code === COMMA) {
      const element = trimmed(text.slice(from, at));
      if (element === "" || elements.length === max) return undefined;
      elements.push(element);
      at++;
      from = at;
    } else {
      at++;
    }
  }
  return elements;
}
