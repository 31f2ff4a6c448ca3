/**
 * Log lines: JSON, one a transaction or event, fields in one fixed order, each field masked by its type.
 * Nothing a peer wrote reaches a line unescaped. `pino` is built here and nowhere else.
 */
import { type DestinationStream, destination, type Logger, pino } from "pino";
import { qualityFields } from "../call-quality.ts";
import { cleanText } from "./clean-text.ts";
import { Followers } from "./followers.ts";
import { LineGatherer } from "./line-gatherer.ts";
import type { FollowedLine, LogEvent, LogLevel } from "./log-event.ts";
import { createMask, type Mask, type MaskLevel } from "./mask.ts";

export interface LogSettings {
  readonly level: "trace" | "debug" | "info" | "warn" | "error";
  readonly mask: MaskLevel;
}

export interface Log {
  line(level: LogLevel, event: LogEvent): void;
  /** Told of every event from now on, whatever level is written; a listener that throws harms nobody. Ends it: what is returned. */
  follow(listener: (line: FollowedLine) => void): () => void;
  apply(settings: LogSettings): void;
  /** Everything written so far has reached the operating system when this returns. */
  flush(): void;
}

/** plain: words and numbers of ours. The others are masked by what they are; text may hold any of them. */
type FieldType = "plain" | "identity" | "address" | "text";

/** The order of the fields in every line, and how each is masked. */
const fields: ReadonlyMap<string, FieldType> = new Map<string, FieldType>([
  ["event", "plain"],
  ["decision", "plain"],
  ["call", "plain"],
  ["side", "plain"],
  ["trunk", "plain"],
  ["transport", "plain"],
  ["source", "address"],
  ["method", "text"],
  ["status", "plain"],
  ["reason", "text"],
  ["rule", "plain"],
  ["account", "identity"],
  ["from", "identity"],
  ["to", "identity"],
  ["ring_ms", "plain"],
  ["setup_ms", "plain"],
  ["duration_ms", "plain"],
  ["identity", "plain"],
  ["ended_by", "plain"],
  ...qualityFields.map((name) => [name, "plain"] as const),
  ["head", "plain"],
  ["generation", "plain"],
  ["changes", "text"],
  ["version", "plain"],
  ["pid", "plain"],
  ["detail", "text"],
  ["suppressed", "plain"],
]);

/** A flood of events while nobody reads the pipe must not become memory: past this, lines are lost and counted by pino. */
const mostBufferedBytes = 4_194_304;

/** @param onLost called for each line that had to be dropped because the reader of the log does not keep up */
export function createLog(
  settings: LogSettings,
  onLost: () => void = () => undefined,
  stream?: DestinationStream,
): Log {
  const ours = stream === undefined ? standardOutput(onLost) : undefined;
  const logger = build(settings, stream ?? ours);
  let mask = createMask(settings.mask);
  const followers = new Followers();
  return {
    follow: (listener) => followers.add(listener),
    line(level, event) {
      followers.tell(level, event);
      if (!logger.isLevelEnabled(level)) return;
      logger[level](orderFields(event, mask));
      // What somebody may be waiting for, or what may be the last thing said, goes at once.
      if (level !== "info" && level !== "debug" && level !== "trace") ours?.flush();
    },
    apply(next) {
      logger.level = next.level;
      mask = createMask(next.mask);
    },
    flush() {
      ours?.flushSync();
    },
  };
}

function build(settings: LogSettings, stream: DestinationStream | undefined): Logger {
  const options = {
    base: null,
    level: settings.level,
    timestamp: createTimestamp(),
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return stream === undefined ? pino(options) : pino(options, stream);
}

interface Output extends DestinationStream {
  flush(): void;
  flushSync(): void;
}

function standardOutput(onLost: () => void): Output {
  const output = destination({ fd: 1, sync: false, maxLength: mostBufferedBytes });
  output.on("drop", (lines: string) => {
    for (let at = lines.indexOf("\n"); at >= 0; at = lines.indexOf("\n", at + 1)) onLost();
  });
  // A reader that went away (`| head`) is no reason to stop serving calls.
  output.on("error", () => undefined);
  const gatherer = new LineGatherer((lines) => void output.write(lines));
  return {
    write: (line) => gatherer.write(line),
    flush: () => gatherer.flush(),
    flushSync() {
      try {
        gatherer.flush();
        output.flushSync();
      } catch {
        // Nobody reads any more; there is no place left to say so.
      }
    },
  };
}

/** ISO 8601 in UTC. Only the milliseconds are new in most lines; the rest is written once a second. */
function createTimestamp(): () => string {
  let second = Number.NaN;
  let prefix = "";
  return () => {
    const now = Date.now();
    const current = Math.floor(now / 1_000);
    if (current !== second) {
      second = current;
      prefix = `,"time":"${new Date(now).toISOString().slice(0, 20)}`;
    }
    return `${prefix}${String(now - current * 1_000).padStart(3, "0")}Z"`;
  };
}

function orderFields(event: LogEvent, mask: Mask): Record<string, unknown> {
  // A plain object, because its shape is shared by all lines alike; names that are not ours are defined, not assigned.
  const line: Record<string, unknown> = {};
  for (const [name, type] of fields) {
    const value = event[name];
    if (value !== undefined) line[name] = render(value, type, mask);
  }
  const others = Object.keys(event).filter((name) => !fields.has(name) && name !== "level");
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
