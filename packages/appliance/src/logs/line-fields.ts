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

const types: ReadonlyMap<string, FieldType> = new Map(lineFields);

/** Names that are not in the list come last, in alphabetical order, as free text. */
export function orderFields(event: LogEvent, mask: Mask): Record<string, unknown> {
  // A plain object, because its shape is shared by all lines alike; names that are not ours are defined, not assigned.
  const line: Record<string, unknown> = {};
  for (const [name, type] of lineFields) {
    const value = event[name];
    if (value !== undefined) line[name] = render(value, type, mask);
  }
  const others = Object.keys(event).filter((name) => !types.has(name) && name !== "level");
  for (const name of others.sort()) {
    if (event[name] === undefined) continue;
    const value = render(event[name], "text", mask);
    Object.defineProperty(line, cleanText(name, 40), { value, enumerable: true });
  }
  return line;
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
