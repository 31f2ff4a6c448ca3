/** `*( SEMI generic-param )` of header values (RFC 3261 §25.1). URI parameters have their own alphabet: uri.ts. */
import { limits } from "./limits.ts";
import { span, TOKEN, VALUE, WHITE } from "./octets.ts";
import { quotedEnd, unquote } from "./quoted.ts";

export interface Param {
  /** Lower case. */
  readonly name: string;
  /** As written: a quoted string keeps its quotes (see `paramText`). Undefined for a parameter without `=`. */
  readonly value: string | undefined;
}

const QUOTE = 0x22;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;

/**
 * Reads parameters from `at` to the end of `text`, white space around `;` and `=` allowed.
 * Undefined when something else stands there, or a name repeats (§7.3.1: it MUST NOT; two readers would differ).
 */
export function parseParams(text: string, at: number): readonly Param[] | undefined {
  const params: Param[] = [];
  let here = span(text, at, text.length, WHITE);
  while (here < text.length) {
    if (text.charCodeAt(here) !== SEMICOLON || params.length === limits.params) return undefined;
    const nameFrom = span(text, here + 1, text.length, WHITE);
    const nameEnd = span(text, nameFrom, text.length, TOKEN);
    if (nameEnd === nameFrom) return undefined;
    const name = text.slice(nameFrom, nameEnd).toLowerCase();
    if (hasParam(params, name)) return undefined;
    here = span(text, nameEnd, text.length, WHITE);
    let value: string | undefined;
    if (text.charCodeAt(here) === EQUALS) {
      const valueFrom = span(text, here + 1, text.length, WHITE);
      const valueEnd = valueStop(text, valueFrom);
      if (valueEnd <= valueFrom) return undefined;
      value = text.slice(valueFrom, valueEnd);
      here = span(text, valueEnd, text.length, WHITE);
    }
    params.push({ name, value });
  }
  return params;
}

function valueStop(text: string, at: number): number {
  return text.charCodeAt(at) === QUOTE ? quotedEnd(text, at) : span(text, at, text.length, VALUE);
}

export function hasParam(params: readonly Param[], name: string): boolean {
  for (const param of params) if (param.name === name) return true;
  return false;
}

/** The value as written; undefined when the parameter is absent or has no value. `name` in lower case. */
export function paramValue(params: readonly Param[], name: string): string | undefined {
  for (const param of params) if (param.name === name) return param.value;
  return undefined;
}

/** The value without quotes and backslashes. */
export function paramText(params: readonly Param[], name: string): string | undefined {
  const value = paramValue(params, name);
  return value === undefined ? undefined : unquote(value);
}

export function formatParams(params: readonly Param[]): string {
  let text = "";
  for (const { name, value } of params) text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
}
