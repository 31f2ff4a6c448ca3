/** Key presses between the engine and whoever drives calls: one side has them as events (RFC 4733), the other in INFO. */

import type { EngineCommand, EngineEvent, KeyPresses } from "../engine/engine.ts";
import type { LegName, Legs, MediaEvent } from "../media-port.ts";
import type { AgreedStream, Agreement } from "../negotiation/agreement.ts";
import type { PairOwner } from "../ports/pair-desk.ts";

/** RFC 4733 §3.2: the place of a key is its event code. */
const keys = "0123456789*#ABCD";

/** Of the first stream of sound. */
function sound(agreement: Agreement): AgreedStream | undefined {
  return agreement.find((stream) => stream?.media === "audio");
}

/** Events of one leg for the engine. What the other leg cannot take is collected, to become INFO. */
export function keyPressesOf(here: AgreedStream["a"], there: AgreedStream["a"]): KeyPresses | undefined {
  const { events } = here;
  return events && { type: events.type, clockRate: events.clockRate, collect: there.events === undefined };
}

/** Legs for which a key press in INFO is to become an event: the other leg has none, or policy says so. */
export function pressedAsEvents(agreement: Agreement, legs: Legs): Readonly<Record<LegName, boolean>> {
  const stream = sound(agreement);
  const wants = (leg: LegName, other: LegName): boolean =>
    stream?.[leg].events !== undefined && (stream[other].events === undefined || legs[leg].dtmf === "rfc4733");
  return { a: wants("a", "b"), b: wants("b", "a") };
}

/** undefined: no such key, or nowhere to press it. */
export function pressCommand(
  agreement: Agreement,
  to: LegName,
  key: string,
  durationMs: number,
): EngineCommand | undefined {
  const leg = sound(agreement)?.[to];
  const event = key.length === 1 ? keys.indexOf(key) : -1;
  if (leg?.events === undefined || event < 0) return undefined;
  return { kind: "press", pair: leg.pair.id, event, durationMs };
}

export function pressedEvent(
  { event, durationMs }: Extract<EngineEvent, { kind: "pressed" }>,
  { call, leg }: PairOwner,
): MediaEvent | undefined {
  const key = keys[event];
  return key === undefined ? undefined : { kind: "pressed", call, from: leg, key, durationMs };
}
