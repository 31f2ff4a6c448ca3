/** What happened, as data: the words that the log, its outputs and whoever follows it have in common. */
import type { WrittenField } from "./line-fields.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** Anything with an event name; unknown fields are logged last, in alphabetical order, as free text. */
export interface LogEvent {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** For parts of this process: nothing in it is masked. Whoever shows it to somebody masks it. */
export interface FollowedLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly level: LogLevel;
  readonly event: LogEvent;
}

/** As it is written: its fields in their order, the event first. */
export interface WrittenLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The same in ISO 8601, UTC. */
  readonly time: string;
  readonly level: LogLevel;
  readonly fields: readonly WrittenField[];
}
