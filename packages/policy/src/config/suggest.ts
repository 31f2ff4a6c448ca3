import type { PathStep } from "./yaml-document.ts";

/** The part of a JSON Schema that says which keys exist. */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly additionalProperties?: SchemaNode | boolean;
}

/** The keys that exist at a path. */
export function knownKeys(schema: SchemaNode, path: readonly PathStep[]): readonly string[] {
  let node: SchemaNode | undefined = schema;
  for (const step of path) {
    const named: SchemaNode | boolean | undefined = typeof step === "number" ? node?.items : childOf(node, step);
    node = typeof named === "object" ? named : undefined;
  }
  return Object.keys(node?.properties ?? {});
}

function childOf(node: SchemaNode | undefined, step: string): SchemaNode | boolean | undefined {
  const properties = node?.properties;
  if (properties !== undefined && Object.hasOwn(properties, step)) return properties[step];
  return node?.additionalProperties;
}

/** The known word that somebody most likely meant; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = plainForm(word);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(plain, plainForm(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `publicAddress`, `public-address` and `public_address` are one word to a hurried reader. */
function plainForm(word: string): string {
  return word.slice(0, 64).toLowerCase().replaceAll("_", "").replaceAll("-", "");
}

/** Levenshtein: insertions, removals and replacements between two short words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Up to three sections in which a key of this name exists: it may only stand in the wrong one. */
export function placesOf(schema: SchemaNode, key: string): readonly string[] {
  const found: string[] = [];
  const walk = (node: SchemaNode, path: string): void => {
    for (const [name, child] of Object.entries(node.properties ?? {})) {
      if (name === key && path !== "") found.push(path);
      walk(child, path === "" ? name : `${path}.${name}`);
    }
    if (node.items !== undefined) walk(node.items, `${path}[]`);
  };
  walk(schema, "");
  return found.slice(0, 3);
}
