import type { z } from "zod";
import { type ConfigIssueCode, configIssueCodes } from "../issue.ts";
import { quoted } from "./leaf.ts";
import { notYet } from "./not-yet.ts";
import { configJsonSchema } from "./schema.ts";
import { knownKeys, nearest, placesOf, type SchemaNode } from "./suggest.ts";
import type { Finding, PathStep } from "./yaml-document.ts";

type Issue = z.core.$ZodIssue;

/** What zod found, in our words. One zod issue about several unknown keys becomes one finding for each. */
export function shapeFindings(issues: readonly Issue[], file: unknown): readonly Finding[] {
  const schema: SchemaNode = configJsonSchema();
  return issues.flatMap(ofOneKind).flatMap((issue) => {
    const path = issue.path.filter((step): step is PathStep => typeof step !== "symbol");
    return issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownKey(schema, path, key))
      : [{ severity: "error", path, ...withKeys(schema, path, describe(issue, valueAt(file, path), path)) } as const];
  });
}

/** Where one thing or a list of it may stand: what is wrong with the one that does. */
function ofOneKind(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const meant = issue.errors.find(([first]) => first?.code !== "invalid_type" || first.path.length > 0);
  const inner = meant ?? issue.errors[0] ?? [];
  return inner.map((found) => ({ ...found, path: [...issue.path, ...found.path] }));
}

/** Where a map belongs, which keys it has is what somebody wants to know. */
function withKeys(schema: SchemaNode, path: readonly PathStep[], found: Description): Description {
  const keys = found.code === "wrong-type" ? knownKeys(schema, path) : [];
  if (keys.length === 0) return found;
  const shown = keys.slice(0, MAX_KEYS).join(", ");
  return { ...found, remedy: `${found.remedy}, as { ${keys[0]}: ... }; known here: ${shown}` };
}

const MAX_KEYS = 12;

type Description = Pick<Finding, "code" | "message" | "remedy">;

function unknownKey(schema: SchemaNode, parent: readonly PathStep[], key: string): Finding {
  const path = [...parent, key];
  const sentence = notYet(path);
  const common = { severity: "error", path } as const;
  if (sentence !== undefined) {
    return {
      ...common,
      code: "not-supported-yet",
      message: sentence,
      remedy: "remove the key so that nobody relies on it",
    };
  }
  const known = knownKeys(schema, parent);
  const near = nearest(key, known);
  const places = placesOf(schema, key);
  const elsewhere =
    places.length > 0 ? `it belongs into ${places.map((place) => `\`${place}\``).join(" or ")}` : undefined;
  const listed = known.length > 0 ? `known here: ${known.join(", ")}` : "remove it";
  const remedy = near === undefined ? (elsewhere ?? listed) : `did you mean \`${near}\`?`;
  return { ...common, code: "unknown-key", message: `no key ${quoted(key)} exists here`, remedy };
}

function describe(issue: Issue, value: unknown, path: readonly PathStep[]): Description {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, value, path);
    case "too_small":
      return bound(issue.origin, `at least ${issue.minimum}`, value);
    case "too_big":
      return bound(issue.origin, `at most ${issue.maximum}`, value);
    case "invalid_key":
      return { code: "bad-format", message: "is no name", remedy: "use up to 64 letters, digits, - _ and ." };
    case "custom":
      return custom(issue.message, issue.params);
    default:
      return { code: "bad-value", message: issue.message, remedy: "see docs/configuration.md" };
  }
}

const expectedWords: ReadonlyMap<string, string> = new Map([
  ["object", "a map of keys"],
  ["record", "a map of keys"],
  ["array", "a list"],
  ["string", "text"],
  ["number", "a whole number"],
  ["int", "a whole number"],
  ["boolean", "true or false"],
]);

function wrongType(expected: string, value: unknown, path: readonly PathStep[]): Description {
  const wanted = expectedWords.get(expected) ?? expected;
  if (value === undefined) {
    const key = String(path.at(-1) ?? "");
    return { code: "missing-key", message: `\`${key}\` is missing`, remedy: `add \`${key}:\` with ${wanted}` };
  }
  if (typeof value === "number" && expected === "string") {
    return { code: "wrong-type", message: "is a number where text belongs", remedy: "put it in quotes" };
  }
  if (value === null) return { code: "wrong-type", message: "is empty", remedy: `write ${wanted} or remove the key` };
  return { code: "wrong-type", message: `is ${kindOf(value)} where ${wanted} belongs`, remedy: `write ${wanted}` };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "string") return "text";
  return typeof value === "boolean" ? "true or false" : "a number";
}

function bound(origin: string, words: string, value: unknown): Description {
  if (origin === "array") {
    const count = Array.isArray(value) ? value.length : 0;
    return { code: "out-of-range", message: `has ${count} entries`, remedy: `give it ${words}` };
  }
  return { code: "out-of-range", message: `is ${String(value)}`, remedy: `choose ${words}` };
}

function custom(message: string, params: Readonly<Record<string, unknown>> | undefined): Description {
  const code = params?.code;
  const remedy = params?.remedy;
  return {
    code: typeof code === "string" && Object.hasOwn(configIssueCodes, code) ? (code as ConfigIssueCode) : "bad-value",
    message,
    remedy: typeof remedy === "string" ? remedy : "see docs/configuration.md",
  };
}

function valueAt(file: unknown, path: readonly PathStep[]): unknown {
  let value = file;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PathStep, unknown>)[step];
  }
  return value;
}
