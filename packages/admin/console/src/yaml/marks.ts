/** What the schema alone finds wrong while one types. The API's check finds the rest, and everything between two values. */
import { outline, type Word } from "./outline.ts";
import { type Schema, schemasAt } from "./schema.ts";

export interface Mark {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export function marksOf(schema: Schema, text: string): readonly Mark[] {
  return outline(text).flatMap((word) => {
    const known = schemasAt(schema, word.node);
    const message =
      known.length === 0 ? undefined : word.role === "key" ? keyFault(word, known) : valueFault(word, known);
    return message === undefined ? [] : [{ line: lineOf(text, word.from), message }];
  });
}

function keyFault({ text: key }: Word, known: readonly Schema[]): string | undefined {
  const maps = known.filter(({ type }) => type === "object");
  if (maps.length === 0) return `no keys belong here, but ${wanted(known)}`;
  const fits = maps.some(
    ({ properties = {}, additionalProperties }) => Object.hasOwn(properties, key) || additionalProperties !== false,
  );
  return fits ? undefined : `there is no key ${key} here`;
}

function valueFault({ text: value, node }: Word, known: readonly Schema[]): string | undefined {
  // A word alone in a map is a key that somebody is about to finish.
  if (value === "" || known.some((one) => fits(one, value))) return undefined;
  return known.every(({ type }) => type === "object") && node.length === 0
    ? undefined
    : `${value} does not belong here: ${wanted(known)}`;
}

function fits(
  { type, enum: words, const: only, minimum = -Infinity, maximum = Infinity }: Schema,
  value: string,
): boolean {
  if (only !== undefined) return String(only) === value;
  if (words !== undefined) return words.some((word) => String(word) === value);
  if (type === "boolean") return value === "true" || value === "false";
  if (type === "integer" || type === "number") {
    const number = Number(value);
    return (
      !Number.isNaN(number) && (type === "number" || Number.isInteger(number)) && number >= minimum && number <= maximum
    );
  }
  return type !== "object" && type !== "array";
}

function wanted(known: readonly Schema[]): string {
  const [first] = known;
  const words = known.flatMap(({ enum: several, const: only }) => several ?? (only === undefined ? [] : [only]));
  if (words.length > 0) return `one of ${words.join(", ")}`;
  return first?.kind ?? articles[first?.type ?? ""] ?? "what belongs here";
}

const articles: Readonly<Record<string, string>> = {
  object: "a map",
  array: "a list",
  boolean: "true or false",
  integer: "a whole number",
  number: "a number",
  string: "text",
};

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
