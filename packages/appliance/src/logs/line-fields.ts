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

interface Place {
  readonly name: string;
  readonly at: number;
  readonly type: FieldType;
}

const places: ReadonlyMap<string, Place> = new Map(
  lineFields.map(([name, type], at) => [name, { name, at, type }] as const),
);

/**
 * Names that are not in the list come last, in alphabetical order, as free text. Of the list only what an event has is looked at:
 * most events have a tenth of it.
 */
export function orderFields(event: LogEvent, mask: Mask): Record<string, unknown> {
  const known: Place[] = [];
  let others: string[] | undefined;
  for (const name of Object.keys(event)) {
    if (event[name] === undefined || name === "level") continue;
    const place = places.get(name);
    if (place === undefined) others = [...(others ?? []), name];
    else insert(known, place);
  }
  const line: Record<string, unknown> = {};
  for (const { name, type } of known) line[name] = render(event[name], type, mask);
  // Names that are not ours are defined, not assigned.
  for (const name of others?.sort() ?? []) {
    const value = render(event[name], "text", mask);
    Object.defineProperty(line, cleanText(name, 40), { value, enumerable: true });
  }
  return line;
}

/** Those who write events have them nearly in order, so the place is found from the end. */
function insert(known: Place[], place: Place): void {
  let at = known.length;
  while (at > 0 && (known[at - 1]?.at ?? 0) > place.at) at--;
  if (at === known.length) known.push(place);
  else known.splice(at, 0, place);
}

function render(value: unknown, type: FieldType, mask: Mask): unknown {
  // Clocks of fractions of a millisecond: three digits say enough.
  if (typeof value === "number") return Math.round(value * 1_000) / 1_000;
  if (typeof value === "boolean" || value === null) return value;
  if (type === "shown") return cleanText(asText(value), longestShown);
  const text = cleanText(asText(value));
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

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  // Bytes of a message: one character an octet, so that every octet can be seen.
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1");
  if (value instanceof Error) return value.stack ?? value.message;
  return JSON.stringify(value) ?? String(value);
}
