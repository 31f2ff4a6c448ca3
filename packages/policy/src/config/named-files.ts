/**
 * The files and variables that a configuration names, wherever they stand in it. The schema says which keys do, so that one
 * that comes later is found as well.
 */
import { configJsonSchema } from "./schema.ts";
import { readYaml } from "./yaml-document.ts";

export interface NamedKeys {
  /** What stands there: a file, a folder, or a socket. @returns what is to stand there */
  path(path: string): string;
  /** A secret of the environment. */
  variable(name: string): void;
}

interface Node {
  readonly kind?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** How leaves of `secret.ts` begin. */
const secretKind = "`{ file: PATH }`";

/** @returns the file as plain data with the paths changed; JSON of it is a configuration. Empty for what is no YAML. */
export function mapNamed(text: string, keys: NamedKeys): Fields {
  const { value } = readYaml(text);
  return isFields(value) ? (mapped(configJsonSchema(), value, keys) as Fields) : {};
}

function mapped(node: Node, value: unknown, keys: NamedKeys): unknown {
  if (node.kind === "path") return typeof value === "string" ? keys.path(value) : value;
  if (node.kind?.startsWith(secretKind) === true) return mappedSecret(value, keys);
  if (Array.isArray(value)) return value.map((one) => mapped(node.items ?? {}, one, keys));
  if (!isFields(value)) return value;
  const { properties = {}, additionalProperties: others } = node;
  const rest = typeof others === "object" ? others : {};
  const nodeOf = (name: string): Node => (Object.hasOwn(properties, name) ? (properties[name] ?? rest) : rest);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapped(nodeOf(name), one, keys)]));
}

/** `{ file: PATH }`, `{ env: NAME }`, and `previous: { file: PATH, until: MOMENT }` beside them. */
function mappedSecret(value: unknown, keys: NamedKeys): unknown {
  if (!isFields(value)) return value;
  const one = ([name, inner]: [string, unknown]): [string, unknown] => {
    if (name === "previous") return [name, mappedSecret(inner, keys)];
    if (typeof inner !== "string") return [name, inner];
    if (name === "env") keys.variable(inner);
    return [name, name === "file" ? keys.path(inner) : inner];
  };
  return Object.fromEntries(Object.entries(value).map(one));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
