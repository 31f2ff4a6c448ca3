/** A message that passed the edge, with what is known of it beside its octets. */
import type { Flow } from "@ringfence/edge";

export interface Seen {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly direction: "in" | "out";
  readonly flow: Flow;
  /** As it stands in the message; empty where there is none. */
  readonly callId: string;
  /** Our own id of the call, which both of its legs share; undefined for what belongs to none. */
  readonly call: string | undefined;
  /** Whole, as on the wire before encryption: never to be shown but through message-mask.ts. */
  readonly bytes: Uint8Array;
}

const longest = 256;
/** Of most messages the field is within these octets, and the rest need not be looked at. */
const usual = 512;

/** The value of the first Call-ID field, found without reading the rest (RFC 3261 §7.3.1: its name in any case, or `i`). */
export function callIdOf(message: Uint8Array): string {
  const octets = Buffer.isBuffer(message) ? message : Buffer.from(message.buffer, message.byteOffset, message.length);
  const early = findCallId(octets.toString("latin1", 0, usual));
  if (early !== undefined || octets.length <= usual) return early ?? "";
  return findCallId(octets.toString("latin1")) ?? "";
}

/** Undefined: there is none, or its line does not end here. */
function findCallId(head: string): string | undefined {
  for (let line = head.indexOf("\n") + 1; line > 0; line = head.indexOf("\n", line) + 1) {
    const first = head.charCodeAt(line) | 0x20;
    if (first !== 0x63 && first !== 0x69) continue;
    const colon = head.indexOf(":", line);
    const name = colon < 0 || colon > line + 8 ? "" : head.slice(line, colon).trim().toLowerCase();
    if (name !== "call-id" && name !== "i") continue;
    const end = head.indexOf("\n", colon);
    return end < 0
      ? undefined
      : head
          .slice(colon + 1, end)
          .trim()
          .slice(0, longest);
  }
  return undefined;
}
