import { expect, test } from "vitest";
import type { LogEvent } from "../logs/log-event.ts";
import { LineReader } from "./line-reader.ts";

const minute = 60_000;
const started: LogEvent = { event: "call", reason: "started", side: "phone" };
const ended = (fields: object): LogEvent => ({
  event: "call",
  reason: "hangup",
  ended_by: "a",
  side: "core",
  trunk: "telnyx",
  b_side: "trunk",
  duration_ms: 60_000,
  ...fields,
});

test.each<readonly [string, LogEvent, string | undefined]>([
  ["a guess at an account", { event: "refused", account: "1002", reason: "guessing-held" }, "repeated-failures 1002"],
  ["wrong passwords", { event: "ban", source: "192.0.2.7", reason: "wrong-passwords" }, "repeated-failures 192.0.2.7"],
  ["a locked account", { event: "ban", account: "1001", reason: "refused-destinations" }, "repeated-failures 1001"],
  ["a scanner, of which the internet is full", { event: "ban", source: "192.0.2.7", reason: "scanner" }, undefined],
  ["a ban that was lifted", { event: "ban", source: "192.0.2.7", reason: "lifted" }, undefined],
  ["fraud", { event: "fraud", account: "1001", reason: "burst", detail: "suspend" }, "fraud 1001"],
  ["a suspension by hand", { event: "fraud", account: "1001", reason: "suspended", detail: "command, for" }, undefined],
  ["an end of it", { event: "fraud", account: "1001", reason: "resumed" }, undefined],
  ["a fault of ours", { event: "bug", detail: "TypeError" }, "bug "],
  ["an alert itself", { event: "alert", reason: "opened", kind: "fraud" }, undefined],
])("%s", (_what, event, expected) => {
  const condition = new LineReader("numbers").read(0, event);
  expect(condition && `${condition.kind} ${condition.object}`).toBe(expected);
});

test.each<readonly [string, LogEvent, LogEvent]>([
  ["reload-refused ", { event: "reload", reason: "refused", changes: "x" }, { event: "reload", reason: "unchanged" }],
  [
    "output-failing records",
    { event: "records", reason: "not-written" },
    { event: "records", reason: "written-again" },
  ],
  ["output-failing syslog", { event: "syslog", reason: "unusable" }, { event: "syslog", reason: "written-again" }],
  ["fraud-service ", { event: "fraud", reason: "service-silent" }, { event: "fraud", reason: "service-back" }],
])("%s lasts until a line says that it is over", (expected, begins, ends) => {
  const reader = new LineReader("numbers");
  const standing = (): readonly string[] => reader.conditions(minute).map(({ kind, object }) => `${kind} ${object}`);
  expect(reader.read(0, begins)).toBeUndefined();
  expect(standing()).toEqual([expected]);
  reader.read(1, ends);
  expect(standing()).toEqual([]);
});

test("a packet thread that died is said for an hour", () => {
  const reader = new LineReader("numbers");
  reader.read(0, { event: "media.engine_lost", reason: "exit 1" });
  expect(reader.conditions(59 * minute)).toHaveLength(1);
  expect(reader.conditions(61 * minute)).toEqual([]);
});

test("threat L14: what a peer wrote is one line, without control characters, and masked as in the log", () => {
  const reader = new LineReader("users");
  const account = "+49301234567\r\nBcc: x@y.example\u001b[2J";
  const condition = reader.read(0, { event: "fraud", account, reason: "burst", detail: "alert" });
  expect([..."\r\n\u001b"].filter((octet) => condition?.object.includes(octet))).toEqual([]);
  expect(condition?.object).not.toContain("301234567");
  expect(reader.read(0, { event: "bug", detail: "at +49301234567 password=hunter2" })?.detail).not.toMatch(
    /hunter2|234567/,
  );
});

test("five times the usual calls is a spike, and an ordinary morning is none", () => {
  const reader = new LineReader("numbers");
  const minuteOf = (at: number, calls: number): boolean => {
    for (let call = 0; call < calls; call++) reader.read(at * minute + call, started);
    return reader.conditions(at * minute + 30_000).length > 0;
  };
  // Just after the start nobody knows what is usual.
  expect(minuteOf(0, 500)).toBe(false);
  for (let at = 1; at < 90; at++) expect(minuteOf(at, 20)).toBe(false);
  expect(minuteOf(90, 80)).toBe(false);
  expect(minuteOf(91, 150)).toBe(true);
  // It does not become usual by going on.
  for (let at = 92; at < 150; at++) expect(minuteOf(at, 150)).toBe(true);
  expect(minuteOf(150, 20)).toBe(true);
  expect(minuteOf(151, 20)).toBe(false);
});

test("a quarter of bad calls with a carrier is said of that carrier, and forgotten ten minutes later", () => {
  const reader = new LineReader("numbers");
  const good = { b_packets: 1_000, b_lost: 1, b_mos: 4.3, a_packets: 1_000, a_mos: 4.3 };
  for (let call = 0; call < 15; call++) reader.read(0, ended(good));
  for (let call = 0; call < 4; call++) reader.read(0, ended({ ...good, b_mos: 2.4 }));
  expect(reader.conditions(0)).toEqual([]);
  reader.read(0, ended({ ...good, b_lost: 90 }));
  expect(reader.conditions(0)).toMatchObject([{ kind: "poor-quality", object: "telnyx" }]);
  expect(reader.conditions(9 * minute)).toHaveLength(1);
  expect(reader.conditions(10 * minute)).toEqual([]);
});
