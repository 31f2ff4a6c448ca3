/**
 * Key presses in INFO, which no standard defines and every telephone knows: `application/dtmf-relay` holds lines
 * `Signal=5` and `Duration=160`, `application/dtmf` the key alone. Where one side of a call has INFO and the other has events
 * (RFC 4733), the media relay has the events, and here is the other half. What a peer wrote is read by its octets; what is
 * no key press is a value, and a 400.
 */
import { requestInDialog } from "@ringfence/sip";
import { respond } from "../egress.ts";
import type { Body } from "../local/body.ts";
import type { MediaEvent } from "../media-port.ts";
import type { Served } from "../served.ts";
import type { EdgeState } from "../state.ts";
import type { Call, Leg } from "./call.ts";
import { sendOnLeg } from "./send-on-leg.ts";

export interface KeyPress {
  /** One of `0123456789*#ABCD`. */
  readonly key: string;
  readonly durationMs: number;
}

const keys = "0123456789*#ABCD";
/** Where nothing is said, and the shortest and longest that an exchange hears as one press (ITU-T Q.24). */
const usualMs = 160;
const shortestMs = 40;
const longestMs = 6_000;
const mostLines = 8;

export function readKeyPress(type: string, body: Uint8Array): KeyPress | undefined {
  const lines = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1").split("\n");
  if (lines.length > mostLines) return undefined;
  if (type.startsWith("application/dtmf-relay")) return readRelay(lines);
  const key = keyOf(fieldOf(lines, "signal") ?? lines[0] ?? "");
  return key === undefined ? undefined : { key, durationMs: usualMs };
}

function readRelay(lines: readonly string[]): KeyPress | undefined {
  const key = keyOf(fieldOf(lines, "signal") ?? "");
  const written = fieldOf(lines, "duration");
  const duration = written === undefined ? usualMs : milliseconds(written);
  if (key === undefined || duration === undefined) return undefined;
  return { key, durationMs: Math.min(longestMs, Math.max(shortestMs, duration)) };
}

/** `Signal= 5`, `signal=5`. */
function fieldOf(lines: readonly string[], name: string): string | undefined {
  for (const line of lines) {
    const at = line.indexOf("=");
    if (at > 0 && line.slice(0, at).trim().toLowerCase() === name) return line.slice(at + 1).trim();
  }
  return undefined;
}

/** Some write the event codes of star and pound. */
function keyOf(text: string): string | undefined {
  const key = text.trim().toUpperCase();
  if (key === "10") return "*";
  if (key === "11") return "#";
  return key.length === 1 && keys.includes(key) ? key : undefined;
}

function milliseconds(text: string): number | undefined {
  if (text.length === 0 || text.length > 5) return undefined;
  for (const digit of text) if (digit < "0" || digit > "9") return undefined;
  return Number(text);
}

/** Whether this INFO was a key press for the events of the far leg: then it is answered here, and does not cross. */
export function pressed(state: EdgeState, now: number, call: Call, far: Leg, served: Served, body: Body): boolean {
  const { request } = served;
  if (request.method !== "INFO" || body.kind !== "body" || !call.press[far.name]) return false;
  if (!body.type.startsWith("application/dtmf")) return false;
  const press = readKeyPress(body.type, body.body);
  if (press === undefined) {
    respond(state, now, served, { status: 400, phrase: "No Key Press" });
    return true;
  }
  state.out.push({ kind: "media-press", call: call.id, to: far.name, ...press });
  respond(state, now, served, { status: 200 });
  return true;
}

/** A key that came as an event, for the other leg. Its answer says nothing that anybody waits for. */
export function sendKeyPress(
  state: EdgeState,
  now: number,
  call: Call,
  { from, key, durationMs }: Extract<MediaEvent, { readonly kind: "pressed" }>,
): void {
  const far = from === "a" ? call.b : call.a;
  if (call.state !== "up" || far.dialog === undefined || !keys.includes(key)) return;
  const { dialog, request } = requestInDialog(far.dialog, "INFO");
  far.dialog = dialog;
  request.headers.set("Content-Type", "application/dtmf-relay");
  const body = Buffer.from(`Signal=${key}\r\nDuration=${Math.round(durationMs)}\r\n`, "latin1");
  sendOnLeg(state, now, call, far, { ...request, body });
}
