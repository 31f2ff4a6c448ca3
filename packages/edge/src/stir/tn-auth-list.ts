/** For whom a certificate may sign (RFC 8226 §9): a provider by its code, or numbers. */
import { readAll, readInside, readInteger, readText, tags } from "./der.ts";

export type TnEntry =
  | { readonly kind: "provider"; readonly code: string }
  /** `count` numbers from `start` on. */
  | { readonly kind: "range"; readonly start: string; readonly count: number };

const MAX_ENTRIES = 4_096;
const PROVIDER = 0xa0;
const RANGE = 0xa1;
const ONE = 0xa2;

/** Undefined: it cannot be read as a whole, and a part of it is not what its issuer meant. */
export function readTnAuthList(bytes: Uint8Array): readonly TnEntry[] | undefined {
  const values = readInside(bytes, tags.sequence, MAX_ENTRIES);
  const entries = values?.flatMap(({ tag, content }) => readEntry(tag, content) ?? []);
  return entries === undefined || entries.length === 0 || entries.length !== values?.length ? undefined : entries;
}

function readEntry(tag: number, content: Uint8Array): TnEntry | undefined {
  if (tag === RANGE) {
    const [start, count] = readInside(content, tags.sequence, 2) ?? [];
    const first = digits(readText(start));
    const size = readInteger(count);
    return first === undefined || size === undefined ? undefined : { kind: "range", start: first, count: size };
  }
  const text = readText(readAll(content, 1)?.[0]);
  if (text === undefined) return undefined;
  if (tag === PROVIDER) return { kind: "provider", code: text };
  const number = tag === ONE ? digits(text) : undefined;
  return number === undefined ? undefined : { kind: "range", start: number, count: 1 };
}

/** §9: 1 to 15 characters. */
function digits(text: string | undefined): string | undefined {
  if (text === undefined || text.length === 0 || text.length > 15) return undefined;
  for (const character of text) if (!"0123456789#*".includes(character)) return undefined;
  return text;
}

/** A provider answers for every number it signs, with the attestation as its word (RFC 8588 §4). */
export function mayClaim(entries: readonly TnEntry[], number: string): boolean {
  return entries.some((entry) => entry.kind === "provider" || inRange(entry.start, entry.count, number));
}

function inRange(start: string, count: number, number: string): boolean {
  if (number === start) return true;
  // §9: a range counts up among numbers of one length.
  if (number.length !== start.length || [...number, ...start].some((c) => c < "0" || c > "9")) return false;
  const distance = Number(number) - Number(start);
  return distance >= 0 && distance < count;
}
