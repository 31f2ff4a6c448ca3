/** What may be written where the cursor stands. */
import { outline } from "./outline.ts";
import { type Schema, schemasAt } from "./schema.ts";

export interface Suggestion {
  readonly text: string;
  /** Put in the place of what was typed. */
  readonly insert: string;
  readonly about: string;
}

export interface Completion {
  /** Where what was typed so far begins. */
  readonly from: number;
  readonly suggestions: readonly Suggestion[];
}

/** Stands where the cursor is; nobody types it. */
const mark = "\u0001";
const nothing: Completion = { from: 0, suggestions: [] };

export function complete(schema: Schema, text: string, cursor: number): Completion {
  const word = outline(text.slice(0, cursor) + mark).at(-1);
  if (word === undefined || !word.text.endsWith(mark)) return nothing;
  const typed = word.text.slice(0, -1);
  const known = schemasAt(schema, word.node);
  const written = new Set(
    outline(text)
      .filter(({ role, node }) => role === "key" && samePath(node, word.node))
      .map(({ text: key }) => key),
  );
  const suggestions = known
    .flatMap((one) => [...keysOf(one).filter(({ text: key }) => !written.has(key)), ...valuesOf(one)])
    .filter(({ text: offered }) => offered.startsWith(typed) && offered !== typed);
  return { from: cursor - typed.length, suggestions };
}

function keysOf({ properties = {} }: Schema): readonly Suggestion[] {
  return Object.entries(properties).map(([key, schema]) => ({
    text: key,
    insert: isMap(schema) ? `${key}:` : `${key}: `,
    about: schema.description ?? schema.kind ?? "",
  }));
}

function isMap({ type, properties }: Schema): boolean {
  return type === "object" && properties !== undefined;
}

function valuesOf(schema: Schema): readonly Suggestion[] {
  const values =
    schema.const === undefined ? (schema.enum ?? (schema.type === "boolean" ? [true, false] : [])) : [schema.const];
  return values.map((value) => {
    const text = String(value);
    return { text, insert: text, about: value === schema.default ? "the default" : "" };
  });
}

function samePath(one: readonly (string | number)[], other: readonly (string | number)[]): boolean {
  return one.length === other.length && one.every((step, index) => step === other[index]);
}
