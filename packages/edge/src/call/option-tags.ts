/** Option tags in Supported and Require (RFC 3261 §20.32, §20.37). */
import { type HeaderList, limits, splitList } from "@ringfence/sip";

export function lists(headers: HeaderList, name: "Supported" | "Require", tag: string): boolean {
  return headers
    .all(name)
    .some((value) => splitList(value, limits.listElements, "plain")?.some((t) => t.toLowerCase() === tag) ?? false);
}
