/** Whether a row is about a person, who is named by a number, an account or an address. */
import type { StoredRecord } from "@ringfence/store";
import { personFields } from "./call-record.ts";

/** National and international form of a number end alike; fewer digits would meet strangers. */
const fewestShared = 7;

/** @param name as somebody wrote it: `+49 30 123456`, `0049 30 123456`, `1001`, `192.0.2.7` */
export function isAbout({ person }: StoredRecord, name: string): boolean {
  if (person === undefined) return false;
  return personFields.some((field) => {
    const value = person[field];
    return value !== undefined && sameName(String(value), name, field === "source");
  });
}

function sameName(value: string, name: string, isSource: boolean): boolean {
  if (value === name) return true;
  // `192.0.2.7:5060`, `[2001:db8::1]:5060`
  if (isSource) return value.startsWith(`${name}:`) || value.startsWith(`[${name}]`);
  return sameNumber(value, name);
}

/** +49 30 123456, 0049 30 123456 and 030 123456 are one number; 030 123457 is another. */
function sameNumber(value: string, name: string): boolean {
  const [a, b] = [significant(value), significant(name)];
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return short.length >= fewestShared && long.endsWith(short);
}

/** The digits without leading zeros; nothing for what is no number. */
function significant(text: string): string {
  let digits = "";
  for (const character of text) {
    if (character >= "0" && character <= "9") digits += digits === "" && character === "0" ? "" : character;
    else if (!" +-./()".includes(character)) return "";
  }
  return digits;
}
