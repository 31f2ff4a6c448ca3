/** Whether a row is about a person, who is named by a number, an account or an address. */
import { type StoredRecord, sameNumber } from "@ringfence/store";
import { personFields } from "./call-record.ts";

const addresses: ReadonlySet<string> = new Set(["source", "b_source"]);

/** @param name as somebody wrote it: `+49 30 123456`, `0049 30 123456`, `1001`, `192.0.2.7` */
export function isAbout({ person }: StoredRecord, name: string): boolean {
  if (person === undefined) return false;
  return personFields.some((field) => {
    const value = person[field];
    return value !== undefined && sameName(String(value), name, addresses.has(field));
  });
}

function sameName(value: string, name: string, isSource: boolean): boolean {
  if (value === name) return true;
  // `192.0.2.7:5060`, `[2001:db8::1]:5060`
  if (isSource) return value.startsWith(`${name}:`) || value.startsWith(`[${name}]`);
  return sameNumber(value, name);
}
