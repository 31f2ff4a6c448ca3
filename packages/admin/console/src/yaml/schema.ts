/** What the JSON Schema of the configuration says of one place in the file. */
import type { Path } from "./outline.ts";

/** As much of JSON Schema as the configuration's has. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  /** How a value is written: "host:port", "duration". */
  readonly kind?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly (string | number | boolean)[];
  readonly const?: string | number | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What may stand there: several where the file has a choice, none where nothing is known there. */
export function schemasAt(schema: Schema, path: Path): readonly Schema[] {
  let here = branches(schema);
  for (const step of path) here = here.flatMap((one) => branches(childOf(one, step)));
  return here;
}

function childOf(schema: Schema, step: string | number): Schema | undefined {
  if (typeof step === "number") return schema.items;
  const { properties = {}, additionalProperties } = schema;
  if (Object.hasOwn(properties, step)) return properties[step];
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

function branches(schema: Schema | undefined): readonly Schema[] {
  if (schema === undefined) return [];
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(branches);
}
