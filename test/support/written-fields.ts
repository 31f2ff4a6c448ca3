/** Fields of a line as they are given, neither ordered nor cleaned: what an output makes of anything. */
import { lineFields, type WrittenField, type WrittenValue } from "../../packages/appliance/src/logs/line-fields.ts";

export function writtenFields(fields: Readonly<Record<string, WrittenValue>>): readonly WrittenField[] {
  return Object.entries(fields).map(([name, value]) => ({
    name,
    place: lineFields.findIndex(([known]) => known === name),
    value,
    isBare: false,
  }));
}
