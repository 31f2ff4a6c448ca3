/** The fields of a line as members of a JSON object. They are clean, so that only a quote or a backslash can ask for an escape. */
import { lineFields, type WrittenField } from "./line-fields.ts";

const beginnings: readonly string[] = lineFields.map(([name]) => `,"${name}":`);

/** Each with a comma before it. */
export function jsonMembers(fields: readonly WrittenField[]): string {
  let members = "";
  for (const { name, place, value, isBare } of fields) {
    members += beginnings[place] ?? `,${JSON.stringify(name)}:`;
    if (typeof value !== "string") members += value;
    else members += isBare ? `"${value}"` : JSON.stringify(value);
  }
  return members;
}
