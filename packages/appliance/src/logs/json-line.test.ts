import fc from "fast-check";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createLog } from "./logger.ts";

/** What escapes may be needed for, and what cleaning is needed for before. */
const text = fc
  .array(
    fc.constantFrom('"', "\\", "]", "=", "|", "{", "~", "\r\n", "\u001b", "\u2028", "Zoë", "王", "\ud800", "plain"),
  )
  .map((parts) => parts.join(""));
const value = fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined));
const names = ["source", "method", "status", "reason", "from", "to", "a_mos", "detail", "bytes", "other", 'o"d\\d'];
const event = fc.dictionary(fc.constantFrom(...names), value).map((fields) => ({ ...fields, event: "call" }));

type Write = (stream: { write(text: string): void }) => void;

function written(write: Write): string {
  const texts: string[] = [];
  write({ write: (text) => void texts.push(text) });
  return texts.join("");
}

/** As pino writes it when it is given an object. */
function byPino(time: string, fields: object): string {
  const timestamp = (): string => `,"time":"${time}"`;
  const formatters = { level: (label: string) => ({ level: label }) };
  return written((stream) => pino({ base: null, timestamp, formatters }, stream).info(fields));
}

test("a line is, to the letter, what pino would write of an object with these fields", () => {
  fc.assert(
    fc.property(event, (fields) => {
      const line = written((stream) =>
        createLog({ level: "info", mask: "off" }, undefined, stream).line("info", fields),
      );
      const { level, time, ...rest } = JSON.parse(line);
      expect(level).toBe("info");
      expect(line).toBe(byPino(time, rest));
    }),
  );
});
