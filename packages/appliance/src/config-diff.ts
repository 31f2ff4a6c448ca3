/** What a reload changed, for the person who asked for it: `policy.limits.calls: 500 → 20`. */
import { cleanText } from "./clean-text.ts";

/** More changes than this are counted, not listed. */
const mostListed = 50;

/** Both are plain data: records, lists, maps, and values without parts. */
export function diffConfig(before: unknown, after: unknown): readonly string[] {
  const changes: string[] = [];
  walk("", before, after, changes);
  if (changes.length <= mostListed) return changes;
  return [...changes.slice(0, mostListed), `and ${changes.length - mostListed} more`];
}

function walk(path: string, before: unknown, after: unknown, changes: string[]): void {
  const left = parts(before);
  const right = parts(after);
  if (left === undefined || right === undefined) {
    if (show(before) !== show(after)) changes.push(`${path}: ${show(before)} → ${show(after)}`);
    return;
  }
  const isList = Array.isArray(after);
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const below = isList ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    walk(below, left.get(key), right.get(key), changes);
  }
}

function parts(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [String(key), item]));
  return new Map(Object.entries(value));
}

function show(value: unknown): string {
  if (value === undefined) return "none";
  return cleanText(typeof value === "string" ? value : (JSON.stringify(value, plainMaps) ?? String(value)), 120);
}

const plainMaps = (_key: string, value: unknown): unknown => (value instanceof Map ? Object.fromEntries(value) : value);
