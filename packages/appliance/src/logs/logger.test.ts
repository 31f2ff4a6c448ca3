import { expect, test } from "vitest";
import type { LogEvent, LogLevel } from "./log-event.ts";
import { createLog, type LogSettings } from "./logger.ts";

function written(settings: LogSettings, level: LogLevel, event: LogEvent): string {
  const lines: string[] = [];
  createLog(settings, undefined, { write: (line) => void lines.push(line) }).line(level, event);
  return lines.join("");
}

const info = { level: "info", mask: "numbers" } as const;

test("fields stand in one order, whatever the order they came in", () => {
  const line = written(info, "info", { to: "2", status: 200, zebra: 1, event: "call", method: "INVITE", ape: 2 });
  expect(Object.keys(JSON.parse(line))).toEqual(["level", "time", "event", "method", "status", "to", "ape", "zebra"]);
});

test("a line below the level is not written", () => {
  expect(written(info, "debug", { event: "request" })).toBe("");
});

test("what a peer wrote cannot start a second line or move a cursor", () => {
  const line = written(info, "warn", {
    event: "refused",
    detail: 'x\r\n{"event":"call"}\u001b[2J\u202e',
    method: "A\u009bB",
  });
  expect(line.trimEnd()).not.toContain("\n");
  const { detail, method } = JSON.parse(line);
  expect(detail).toBe('x\\x0d\\x0a{"event":"call"}\\x1b[2J\\u202e');
  expect(method).toBe("A\\x9bB");
});

test("a field called __proto__ changes no prototype", () => {
  const event = JSON.parse('{"event":"x","__proto__":{"polluted":true}}') as LogEvent;
  expect(written(info, "info", event)).toContain("polluted");
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("a planted number and a planted key are in no line, wherever they stand", () => {
  const number = "+4930987654321";
  const key = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
  const lines = [
    { event: "call", from: `sip:${number}@example.com`, to: number },
    { event: "refused", detail: `no route to "${number}" <sip:${number}@x>`, reason: "not-in-dial-plan" },
    { event: "malformed", bytes: Buffer.from(`INVITE sip:${number}@x SIP/2.0\r\na=crypto:1 X inline:${key}|2^20\r\n`) },
    { event: "bug", error: new Error(`cannot handle tel:${number};x inline:${key}`) },
    { event: "other", anything: { nested: [number, `inline:${key}`] } },
    { event: "request", detail: `Authorization: Digest username="1001", response="${key}"` },
  ].map((event) => written(info, "error", event));
  for (const line of lines) {
    expect(line).not.toBe("");
    expect(line).not.toContain("30987654321");
    expect(line).not.toContain(key.slice(0, 12));
  }
});

test("a reload changes level and mask of the same log", () => {
  const lines: string[] = [];
  const log = createLog(info, undefined, { write: (line) => void lines.push(line) });
  log.apply({ level: "debug", mask: "addresses" });
  log.line("debug", { event: "request", source: "192.0.2.1:5060" });
  expect(lines[0]).toContain('"source":"***"');
});
