/** What both formats of a message ask of texts. */
import type { WrittenField } from "../line-fields.ts";

/** Whether a text has no more octets than that. A unit of UTF-16 needs three at most, so most texts need not be counted. */
export function fits(text: string, room: number): boolean {
  return text.length * 3 <= room || Buffer.byteLength(text) <= room;
}

/** What a field says; undefined where the line has none of that name. */
export function textOf(fields: readonly WrittenField[], wanted: "event" | "reason"): string | undefined {
  for (const { name, value } of fields) if (name === wanted) return String(value);
  return undefined;
}
