/** What engine and quality report, as lines of the log. */
import type { EngineEvent } from "./engine/engine.ts";
import type { Suspicion } from "./engine/suspects.ts";
import type { MediaLogEvent } from "./log-event.ts";
import type { PairOwner } from "./ports/pair-desk.ts";
import type { QualityEvent } from "./quality/quality-desk.ts";

export type SourceEvent = Extract<EngineEvent, { kind: "latched" | Suspicion }>;

const suspectLines = { "foreign-source": "rtp.foreign_source", unauthentic: "rtp.unauthentic" } as const;

export function sourceLine(event: SourceEvent, owner: PairOwner): MediaLogEvent {
  const place = { ...owner, component: event.component, ...event.source };
  if (event.kind === "latched") return { level: "debug", event: "rtp.latched", ...place };
  return { level: "warn", event: suspectLines[event.kind], ...place, packets: event.packets };
}

const qualityLines = { "one-way": "rtp.one_way", silent: "rtp.silent", poor: "rtp.poor" } as const;

/** `leg`: whose sound does not come, is silent, or comes badly. Silence may be a muted phone. */
export function qualityLine({ kind, call, leg, mos }: QualityEvent): MediaLogEvent {
  const level = kind === "silent" ? "info" : "warn";
  return {
    level,
    event: qualityLines[kind],
    call,
    leg,
    ...(mos !== undefined && { mos: Math.round(mos * 100) / 100 }),
  };
}
