import fc from "fast-check";
import { expect, test } from "vitest";
import { writtenFields } from "../../../../../test/support/written-fields.ts";
import { cleanText } from "../clean-text.ts";
import { orderFields, type WrittenField, type WrittenValue } from "../line-fields.ts";
import type { LogLevel } from "../log-event.ts";
import { createMask } from "../mask.ts";
import { type MessageOrigin, nextSequence, parameterValue, syslogMessage } from "./message.ts";

const origin: MessageOrigin = {
  facility: 16,
  hostname: "sbc1",
  pid: 4711,
  version: "0.1.0",
  format: "rfc5424",
  most: 8_192,
};
const at = Date.UTC(2026, 10, 23, 12, 30, 45, 678);

function message(fields: Readonly<Record<string, WrittenValue>>, level: LogLevel = "info", of = origin): string {
  return messageOf(writtenFields(fields), level, of);
}

function messageOf(fields: readonly WrittenField[], level: LogLevel, of: MessageOrigin): string {
  return syslogMessage({ at, time: new Date(at).toISOString(), level, fields }, of, 7);
}

test("RFC 5424 §6: header, sequence, the fields in their order, and a few words for people", () => {
  expect(message({ event: "refused", source: "192.0.2.1:5060", status: 403, reason: "not-in-dial-plan" }, "warn")).toBe(
    '<132>1 2026-11-23T12:30:45.678Z sbc1 ringfence 4711 refused [meta sequenceId="7"][ringfence@32473 event="refused" source="192.0.2.1:5060" status="403" reason="not-in-dial-plan"] refused: not-in-dial-plan',
  );
});

const priorities: readonly (readonly [LogLevel, number])[] = [
  ["fatal", 130],
  ["error", 131],
  ["warn", 132],
  ["info", 134],
  ["debug", 135],
  ["trace", 135],
];

test.each(priorities)("RFC 5424 §6.2.1: %s of facility local0 has the priority %i", (level, priority) => {
  expect(message({ event: "call" }, level).startsWith(`<${priority}>1 `)).toBe(true);
});

test("RFC 5424 §6.3.3: quote, backslash and bracket are escaped in values, and nothing else is", () => {
  expect(parameterValue('a"b\\c]d[e')).toBe('a\\"b\\\\c\\]d[e');
  expect(parameterValue('"')).toBe('\\"');
  expect(parameterValue("plain")).toBe("plain");
});

test("RFC 5424 §6.2.4: what is no word of printable ASCII becomes one in the header", () => {
  const odd = { ...origin, hostname: "sbc 1\nü" };
  expect(message({ event: "a b" }, "info", odd).split(" ").slice(2, 6)).toEqual([
    "sbc_1__",
    "ringfence",
    "4711",
    "a_b",
  ]);
  expect(message({ event: "x" }, "info", { ...origin, hostname: "" })).toContain("Z - ringfence");
});

test("RFC 5424 §6.4: text beyond ASCII begins with the mark of UTF-8", () => {
  expect(message({ event: "call", reason: "Zoë" })).toContain("] \u{feff}call: Zoë");
  expect(message({ event: "call", reason: "Zoe" })).toContain("] call: Zoe");
});

test("RFC 5424 §7.3.1: the sequence begins again at one behind its last number", () => {
  expect([nextSequence(0), nextSequence(2_147_483_646), nextSequence(2_147_483_647)]).toEqual([1, 2_147_483_647, 1]);
});

test("RFC 5426 §3.2: a message is never larger than a datagram may be; what has no room is counted", () => {
  const long = message({ event: "bug", call: "abc", detail: "ä".repeat(2_000), last: 1 }, "error", {
    ...origin,
    most: 1_400,
  });
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(1_400);
  expect(long).toContain('call="abc" last="1" cut="1"]');
});

/** RFC 5424 §6, as far as it concerns us: one header, data elements whose values end where they should, then the text. */
function readBack(text: string): ReadonlyMap<string, string> | undefined {
  const start = text.indexOf("[ringfence@32473");
  const values = new Map<string, string>();
  let rest = text.slice(start + "[ringfence@32473".length);
  while (rest.startsWith(" ")) {
    const equals = rest.indexOf('="');
    const name = rest.slice(1, equals);
    let value = "";
    let i = equals + 2;
    for (; rest[i] !== '"'; i++) {
      if (i >= rest.length) return undefined;
      if (rest[i] === "\\") i++;
      value += rest[i];
    }
    values.set(name, value);
    rest = rest.slice(i + 1);
  }
  return rest.startsWith("] ") ? values : undefined;
}

test("whatever a value holds, a reader of RFC 5424 gets it back as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      expect(readBack(message({ event: "x", detail: text }))?.get("detail")).toBe(text);
    }),
  );
});

test("and so does one who reads what the log hands over", () => {
  const parts = fc.array(fc.constantFrom('"', "\\", "]", "=", "[", "\n", "Zoë", "plain"));
  fc.assert(
    fc.property(parts, (said) => {
      const detail = said.join("");
      const fields = orderFields({ event: "x", detail }, createMask("off"));
      expect(readBack(messageOf(fields, "info", origin))?.get("detail")).toBe(cleanText(detail));
    }),
  );
});
