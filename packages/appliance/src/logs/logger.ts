/**
 * Log lines: JSON, one a transaction or event, fields in one fixed order, each field masked by its type.
 * `pino` is built here and nowhere else. Standard output is always there; files and a collector are added where wanted.
 */
import type { LogLevelSetting } from "@ringfence/policy";
import { type DestinationStream, type Logger, pino } from "pino";
import { Followers } from "./followers.ts";
import { jsonMembers } from "./json-line.ts";
import { later } from "./later.ts";
import { LogLevels } from "./levels.ts";
import { orderFields, type WrittenField } from "./line-fields.ts";
import { LineGatherer } from "./line-gatherer.ts";
import type { FollowedLine, LogEvent, LogLevel, WrittenLine } from "./log-event.ts";
import { createMask, type MaskLevel } from "./mask.ts";
import { standardOutput } from "./standard-output.ts";

export interface LogSettings {
  readonly level: LogLevelSetting;
  readonly mask: MaskLevel;
}

/** Where lines go beside standard output. It never throws and makes nobody wait. */
export interface LogOutput {
  /** Whole lines of JSON, several in one piece. */
  lines?(piece: string): void;
  /** Each line as its fields. */
  line?(line: WrittenLine): void;
  /** Everything so far is in safety when this returns: the process may end next. */
  flush?(): void;
}

export interface Log {
  /** What is written now, by area. */
  readonly levels: LogLevels;
  line(level: LogLevel, event: LogEvent): void;
  /** Told of every event from now on, whatever level is written; a listener that throws harms nobody. Ends it: what is returned. */
  follow(listener: (line: FollowedLine) => void): () => void;
  add(output: LogOutput): void;
  remove(output: LogOutput): void;
  apply(settings: LogSettings): void;
  /** Everything written so far has reached the operating system when this returns. */
  flush(): void;
}

/** @param onLost called for each line that standard output did not take */
export function createLog(
  settings: LogSettings,
  onLost: () => void = () => undefined,
  stream?: DestinationStream,
): Log {
  const standard = stream === undefined ? standardOutput(onLost) : undefined;
  const outputs = new Set<LogOutput>();
  const gatherer = new LineGatherer((piece) => {
    standard?.write(piece);
    for (const output of outputs) output.lines?.(piece);
  });
  const clock = new LineClock();
  const logger = build(clock, {
    write(line) {
      stream?.write(line);
      gatherer.write(line);
    },
  });
  const levels = new LogLevels(settings.level, Date.now, later);
  let mask = createMask(settings.mask);
  const followers = new Followers();
  return {
    levels,
    follow: (listener) => followers.add(listener),
    line(level, event) {
      clock.at = Date.now();
      followers.tell(clock.at, level, event);
      if (!levels.writes(level, event.event)) return;
      const fields = orderFields(event, mask);
      logger[level](fields);
      for (const output of outputs) output.line?.({ at: clock.at, time: clock.time, level, fields });
      // What somebody may be waiting for, or what may be the last thing said, goes at once.
      if (level !== "info" && level !== "debug" && level !== "trace") gatherer.flush();
    },
    add: (output) => void outputs.add(output),
    remove(output) {
      gatherer.flush();
      outputs.delete(output);
    },
    apply(next) {
      levels.apply(next.level);
      mask = createMask(next.mask);
    },
    flush() {
      gatherer.flush();
      standard?.flush();
      for (const output of outputs) output.flush?.();
    },
  };
}

/**
 * Which lines are written is decided before: by area, which pino does not know. What it would do with the members of an object, it
 * need not do: their order, masks and escapes are known here, and so is what it would write (json-line.test.ts).
 */
function build(clock: LineClock, stream: DestinationStream): Logger {
  const logger = pino(
    {
      base: null,
      level: "trace",
      timestamp: () => `,"time":"${clock.time}"`,
      formatters: { level: (label: string) => ({ level: label }) },
    },
    stream,
  );
  const { labels } = logger.levels;
  const asJson = (fields: readonly WrittenField[], _message: unknown, level: number, time: string): string =>
    `{"level":"${labels[level]}"${time}${jsonMembers(fields)}}\n`;
  return Object.assign(logger, { [pino.symbols.asJsonSym]: asJson });
}

/** When the line of this moment happened: the same in every output. */
class LineClock {
  at = 0;
  #second = Number.NaN;
  #prefix = "";

  /** ISO 8601 in UTC. Only the milliseconds are new in most lines; the rest is written once a second. */
  get time(): string {
    const second = Math.floor(this.at / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#prefix = new Date(this.at).toISOString().slice(0, 20);
    }
    return `${this.#prefix}${String(this.at - second * 1_000).padStart(3, "0")}Z`;
  }
}
