/** What a row can be found by: each value that names somebody, and the ids of the call and of what was decided about it. */
import { isIP } from "node:net";
import type { RecordFields } from "./record.ts";

/** National and international form of a number end alike; fewer digits would meet strangers. */
const fewestShared = 7;
/** A peer may write kilobytes; nobody looks for them. */
const longestName = 200;
/** Facts that are looked for. The rest is filtered. */
const ids: readonly string[] = ["call", "decision"];

/** Of a row, each once. */
export function namesOf(facts: RecordFields, person: RecordFields | undefined): readonly string[] {
  const values = [...ids.map((id) => facts[id]), ...Object.values(person ?? {})];
  return [...new Set(values.flatMap((value) => (value === undefined ? [] : [nameFor(String(value))])))];
}

/** The one under which somebody who is called this is found, with others that end alike. */
export function nameFor(text: string): string {
  const digits = significant(text);
  if (digits.length >= fewestShared) return digits.slice(-fewestShared);
  return (hostOf(text) ?? text).slice(0, longestName);
}

/** +49 30 123456, 0049 30 123456 and 030 123456 are one number; 030 123457 is another. */
export function sameNumber(one: string, other: string): boolean {
  const [a, b] = [significant(one), significant(other)];
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return short.length >= fewestShared && long.endsWith(short);
}

/** The digits without leading zeros; nothing for what is no number. */
function significant(text: string): string {
  if (isIP(text) !== 0) return "";
  let digits = "";
  for (const character of text) {
    if (character >= "0" && character <= "9") digits += digits === "" && character === "0" ? "" : character;
    else if (!" +-./()".includes(character)) return "";
  }
  return digits;
}

/** `192.0.2.7:5060` and `[2001:db8::1]:5060` without the port. */
function hostOf(text: string): string | undefined {
  if (text.startsWith("[")) return text.slice(1, Math.max(1, text.indexOf("]")));
  const colon = text.indexOf(":");
  return colon > 0 && colon === text.lastIndexOf(":") ? text.slice(0, colon) : undefined;
}
