import { createHash } from "node:crypto";

/** A page of what stands in memory. `after` names the last one of the page before, so that what comes and goes meanwhile moves nothing. */
export interface Wanted {
  readonly limit: number;
  readonly after?: string | undefined;
}

/** @param keyOf sorts, and is never the same for two */
export function pageOf<T>(all: readonly T[], { limit, after }: Wanted, keyOf: (one: T) => string) {
  const keyed = all
    .map((one) => ({ key: shortKey(keyOf(one)), one }))
    .filter(({ key }) => after === undefined || key > after);
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = keyed.slice(0, limit);
  const next = keyed.length > limit ? (page.at(-1)?.key ?? null) : null;
  return { items: page.map(({ one }) => one), next };
}

/** A cursor has 256 characters at most. What is longer keeps its order by its beginning, and is still nobody else's. */
function shortKey(key: string): string {
  if (key.length <= 256) return key;
  return `${key.slice(0, 192)}${createHash("sha256").update(key).digest("hex")}`;
}

/** Of a moment: the newest comes first. */
export function newestFirst(at: number): string {
  return (Number.MAX_SAFE_INTEGER - Math.round(at)).toString().padStart(16, "0");
}

/** What somebody typed stands in one of the texts, however it is written. */
export function speaksOf(search: string | undefined, ...texts: readonly (string | undefined)[]): boolean {
  if (search === undefined || search === "") return true;
  const wanted = search.toLowerCase();
  return texts.some((text) => text?.toLowerCase().includes(wanted) === true);
}
