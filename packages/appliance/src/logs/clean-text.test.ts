import { expect, test } from "vitest";
import { cleanText } from "./clean-text.ts";

const cases: readonly (readonly [string, string, string])[] = [
  ["plain text stays as it is", "Anna <sip:1001@example.com>", "Anna <sip:1001@example.com>"],
  ["letters of other scripts stay", "Zoë Ægir 王", "Zoë Ægir 王"],
  ["a line break cannot start a second log line", 'a\r\n{"level":"error"}', 'a\\x0d\\x0a{"level":"error"}'],
  ["an ANSI sequence is shown, not obeyed", "\u001b[2Jx\u009b1m", "\\x1b[2Jx\\x9b1m"],
  ["NUL and DEL are shown", "\0\u007f", "\\x00\\x7f"],
  ["reading direction cannot be turned round", "a\u202eb\u2066c", "a\\u202eb\\u2066c"],
  ["line separators of Unicode are shown", "a\u2028b\u2029", "a\\u2028b\\u2029"],
  ["invisible characters become visible", "a\u200bb\ufeffc\u{e0041}", "a\\u200bb\\ufeffc\\u{e0041}"],
  ["half a surrogate pair is shown", "a\ud800b", "a\\ud800b"],
];

test.each(cases)("%s", (_claim, text, expected) => {
  expect(cleanText(text)).toBe(expected);
});

test("text past the limit is cut and says so", () => {
  expect(cleanText("x".repeat(50), 10)).toBe(`${"x".repeat(10)}…`);
});
