/** The fields of a line: their one order, and how each is masked. Nothing a peer wrote gets past here unescaped. */
import { qualityFields } from "../call-quality.ts";
import { cleanText } from "./clean-text.ts";
import type { LogEvent } from "./log-event.ts";
import type { Mask } from "./mask.ts";

/**
 * plain: words and numbers of ours. shown: a message of SIP or of it, masked by trace/message-mask.ts, which knows better what stands
 * where. The others are masked by what they are; text may hold any of them.
 */
export type FieldType = "plain" | "shown" | "identity" | "address" | "text";

/** In the order of every line; docs/logs.md is proven equal to it. */
export const lineFields: readonly (readonly [name: string, type: FieldType])[] = [
  ["event", "plain"],
  ["decision", "plain"],
  ["first_decision", "plain"],
  ["call", "plain"],
  ["side", "plain"],
  ["trunk", "plain"],
  ["host", "plain"],
  ["transport", "plain"],
  ["source", "address"],
  ["b_side", "plain"],
  ["b_transport", "plain"],
  ["b_source", "address"],
  ["method", "text"],
  ["status", "plain"],
  ["reason", "text"],
  ["rule", "plain"],
  ["account", "identity"],
  ["from", "identity"],
  ["to", "identity"],
  ["asserted", "identity"],
  ["emergency", "plain"],
  ["ring_ms", "plain"],
  ["setup_ms", "plain"],
  ["duration_ms", "plain"],
  ["identity", "plain"],
  ["ended_by", "plain"],
  ["a_call_id", "text"],
  ["b_call_id", "plain"],
  ...qualityFields.map((name) => [name, "plain"] as const),
  ["head", "plain"],
  ["generation", "plain"],
  ["changes", "text"],
  ["version", "plain"],
  ["pid", "plain"],
  ["by", "identity"],
  ["via", "plain"],
  ["act", "plain"],
  ["object", "text"],
  ["result", "plain"],
  ["detail", "text"],
  ["bytes", "text"],
  ["suppressed", "plain"],
  ["direction", "plain"],
  ["title", "shown"],
  ["sdp", "shown"],
  ["message", "shown"],
];

/** Of what is shown whole: longer messages than this come from nobody's phone. */
const longestShown = 16_384;

export type WrittenValue = string | number | boolean | null;

/** A field as it is written: masked, and nothing in it that could start a line. */
export interface WrittenField {
  readonly name: string;
  /** Which of `lineFields` it is: what a format needs of a name is made once. -1: none of them. */
  readonly place: number;
  readonly value: WrittenValue;
  /** It holds nothing that an output has to escape: printable ASCII up to `{`, without quote, `=`, backslash and `]`. */
  readonly isBare: boolean;
}

const places: ReadonlyMap<string, number> = new Map(lineFields.map(([name], place) => [name, place] as const));

/**
 * Names that are not in the list come last, in alphabetical order, as free text. Of the list only what an event has is looked at:
 * most events have a tenth of it.
 */
export function orderFields(event: LogEvent, mask: Mask): readonly WrittenField[] {
  const fields: WrittenField[] = [];
  let others: string[] | undefined;
  for (const name of Object.keys(event)) {
    if (name === "level") continue;
    const value = event[name];
    if (value === undefined) continue;
    const place = places.get(name);
    if (place === undefined) others = [...(others ?? []), name];
    else insert(fields, writtenField(name, place, value, lineFields[place]?.[1] ?? "text", mask));
  }
  for (const name of others?.sort() ?? [])
    fields.push(writtenField(cleanText(name, 40), -1, event[name], "text", mask));
  return fields;
}

/** For those who read fields by their names. */
export function asRecord(fields: readonly WrittenField[]): Record<string, WrittenValue> {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
}

function writtenField(name: string, place: number, given: unknown, type: FieldType, mask: Mask): WrittenField {
  // Nearly every text: there is nothing in it to be cleaned, and no mask puts anything into it.
  if (typeof given === "string" && given.length <= longestBare && type !== "shown" && isBare(given))
    return { name, place, value: masked(given, type, mask), isBare: true };
  const value = render(given, type, mask);
  return { name, place, value, isBare: typeof value !== "string" || isBare(value) };
}

const longestBare = 200;

function isBare(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c > 0x7b || c === 0x22 || c === 0x3d || c === 0x5c || c === 0x5d) return false;
  }
  return true;
}

/** Those who write events have them nearly in order, so the place is found from the end. */
function insert(fields: WrittenField[], field: WrittenField): void {
  let at = fields.length;
  while (at > 0 && (fields[at - 1]?.place ?? 0) > field.place) at--;
  if (at === fields.length) fields.push(field);
  else fields.splice(at, 0, field);
}

function render(value: unknown, type: FieldType, mask: Mask): WrittenValue {
  if (typeof value === "number") return shortNumber(value);
  if (typeof value === "boolean" || value === null) return value;
  if (type === "shown") return cleanText(asText(value), longestShown);
  return masked(cleanText(asText(value)), type, mask);
}

function masked(text: string, type: Exclude<FieldType, "shown">, mask: Mask): string {
  switch (type) {
    case "plain":
      return text;
    case "identity":
      return mask.identity(text);
    case "address":
      return mask.address(text);
    case "text":
      return mask.text(text);
  }
}

/** Clocks of fractions of a millisecond: three digits say enough. JSON has no number that is none, or has no end. */
function shortNumber(value: number): number | null {
  const short = Math.round(value * 1_000) / 1_000;
  return Number.isFinite(short) ? short : null;
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  // Bytes of a message: one character an octet, so that every octet can be seen.
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1");
  if (value instanceof Error) return value.stack ?? value.message;
  return JSON.stringify(value) ?? String(value);
}
