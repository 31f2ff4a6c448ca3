import fc from "fast-check";
import { expect, test } from "vitest";
import { readKeyPress } from "./key-press.ts";

const relay = "application/dtmf-relay";
const read = (type: string, text: string) => readKeyPress(type, Buffer.from(text, "latin1"));

test.each([
  ["Signal=5\r\nDuration=160\r\n", "5", 160],
  ["Signal= 5\r\nDuration= 250\r\n", "5", 250],
  ["signal=*\nduration=100", "*", 100],
  ["Duration=100\r\nSignal=#\r\n", "#", 100],
  ["Signal=10\r\n", "*", 160],
  ["Signal=11\r\nDuration=1\r\n", "#", 40],
  ["Signal=d\r\nDuration=99999\r\n", "D", 6000],
])("application/dtmf-relay: %j", (text, key, durationMs) => {
  expect(read(relay, text)).toEqual({ key, durationMs });
});

test.each([
  ["5", "5"],
  ["  *\r\n", "*"],
  ["Signal=9\r\n", "9"],
])("application/dtmf: %j", (text, key) => {
  expect(read("application/dtmf", text)).toEqual({ key, durationMs: 160 });
});

test.each([
  "",
  "Signal=",
  "Signal=55",
  "Signal=5\r\nDuration=-1",
  "Signal=5\r\nDuration=1e3",
  "Signal=5\r\nDuration=",
  "Signal=5\r\nDuration=123456",
  `${"x=1\n".repeat(20)}Signal=5`,
  "Signal=12\0",
  "Signal=E",
])("no key press: %j", (text) => {
  expect(read(relay, text)).toBeUndefined();
});

test("whatever a body holds, it is a key of sixteen or nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(relay, "application/dtmf"), (octets, type) => {
      const press = readKeyPress(type, octets);
      if (press !== undefined) expect("0123456789*#ABCD".includes(press.key)).toBe(true);
    }),
  );
});
