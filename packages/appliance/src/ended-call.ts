/** The last line of a call, read as what it says: whoever counts calls or judges them reads the same. */
import type { LogEvent } from "./logs/log-event.ts";

export type CallSide = "phone" | "trunk" | "core";

export interface EndedLeg {
  readonly side: CallSide;
  /** Share of its packets that were lost on their way here, 0 to 1. */
  readonly loss: number;
  readonly jitterMs: number | undefined;
  readonly mos: number | undefined;
  /** Of what the party hears, by its own reports. */
  readonly heardMos: number | undefined;
}

export interface EndedCall {
  /** Of the caller. */
  readonly side: CallSide;
  readonly trunk: string | undefined;
  readonly answered: boolean;
  /** The side that was called. */
  readonly called: CallSide;
  /** Until the first sign of the called party. */
  readonly ringMs: number | undefined;
  /** Those that sent sound. */
  readonly legs: readonly EndedLeg[];
}

const sides: readonly CallSide[] = ["phone", "trunk", "core"];

/** Undefined: it is no end of a call. An INVITE that was only asked for credentials is none: it comes again as the call it meant. */
export function endedCall(event: LogEvent): EndedCall | undefined {
  if (event.event !== "call" || event.ended_by === undefined || event.reason === "challenged") return undefined;
  const [side, called] = [event.side, event.b_side].map((name) => sides.find((one) => one === name));
  if (side === undefined || called === undefined) return undefined;
  const trunk = typeof event.trunk === "string" ? event.trunk : undefined;
  return {
    side,
    trunk,
    called,
    answered: (number(event.duration_ms) ?? 0) > 0,
    ringMs: number(event.ring_ms),
    legs: [...legOf(event, "a", side), ...legOf(event, "b", called)],
  };
}

function legOf(event: LogEvent, name: "a" | "b", side: CallSide): readonly EndedLeg[] {
  const of = (field: string): number | undefined => number(event[`${name}_${field}`]);
  const [packets = 0, lost = 0] = [of("packets"), of("lost")];
  if (packets === 0) return [];
  const loss = lost / (packets + lost);
  return [{ side, loss, jitterMs: of("jitter_ms"), mos: of("mos"), heardMos: of("heard_mos") }];
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
