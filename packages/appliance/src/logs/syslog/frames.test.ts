import { expect, test } from "vitest";
import { frame, readFrames } from "./frames.ts";

test("RFC 5425 §4.3.1: the length counts octets, not characters", () => {
  expect(frame("Zoë")).toBe("4 Zoë");
});

test("messages are read back as they were, line ends and digits inside them too", () => {
  const messages = ["<134>1 a\n", "12 3 ü", "x"];
  const bytes = Buffer.from(messages.map(frame).join(""));
  expect(readFrames(bytes).messages.map(String)).toEqual(messages);
  expect(readFrames(bytes).end).toBe(bytes.length);
});

test.each(["5 abc", "5", "x abc", " abc", "0 ", "12345678 a", "-1 a"])(
  "behind whole frames %j is nobody's message",
  (torn) => {
    const bytes = Buffer.from(`2 ok${torn}`);
    expect(readFrames(bytes)).toMatchObject({ end: 4 });
  },
);
