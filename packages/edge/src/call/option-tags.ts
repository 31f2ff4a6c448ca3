/** Option tags in Supported, Require and Unsupported (RFC 3261 §20.32, §20.37, §20.40). */
import { type HeaderList, limits, type Response, splitList } from "@ringfence/sip";
import type { HeaderPair } from "./headers.ts";

export function lists(headers: HeaderList, name: "Supported" | "Require" | "Unsupported", tag: string): boolean {
  return headers
    .all(name)
    .some((value) => splitList(value, limits.listElements, "plain")?.some((t) => t.toLowerCase() === tag) ?? false);
}

/** The extensions that one side may require of the other through us. */
const carried = ["100rel", "replaces", "tdialog", "timer"] as const;

/**
 * What a 420 must say (RFC 3261 §8.2.2.3), as far as it is one of the tags that cross; empty: the refusal is about
 * something between that side and us, and no 420 for the other.
 */
export function unsupportedHeaders({ headers }: Response, required?: HeaderList): readonly HeaderPair[] {
  const tags = carried.filter((tag) => lists(headers, "Unsupported", tag));
  // Said without a list, it can only be about what was required.
  if (tags.length === 0 && required !== undefined) tags.push(...carried.filter((t) => lists(required, "Require", t)));
  return tags.length === 0 ? [] : [["Unsupported", tags.join(", ")]];
}

/** The other side's 420 as it is said here (§21.4.15): what cannot be named to this side was not asked by it. */
export function badExtension(
  response: Response,
  required: HeaderList,
): { readonly status: number; readonly headers: readonly HeaderPair[] } {
  const headers = unsupportedHeaders(response, required);
  return headers.length > 0 ? { status: 420, headers } : { status: 500, headers: [] };
}
