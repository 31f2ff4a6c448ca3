import { expect, test } from "vitest";
import { visible, visibleLines } from "./visible.ts";

test.each([
  ["threat L14: a line break is no line break", "a\r\nb", "a\\x0d\\x0ab"],
  ["threat L14: an ANSI sequence moves no cursor", "\u001b[31mred", "\\x1b[31mred"],
  ["threat L14: a mark of direction turns nothing around", "1001\u202e9001", "1001\\u202e9001"],
  ["threat L14: nothing is unseen", "10\u200b01\u{e0041}", "10\\u200b01\\u{e0041}"],
  ["half a character is named", "\ud800", "\\ud800"],
  ["other writing stays", "Zoë 李 <b>", "Zoë 李 <b>"],
])("%s", (_claim, text, shown) => {
  expect(visible(text)).toBe(shown);
});

test("a message keeps its lines and nothing else", () => {
  expect(visibleLines("INVITE sip:a\r\nFrom: \u0007x\r\n")).toBe("INVITE sip:a\nFrom: \\x07x\n");
});
