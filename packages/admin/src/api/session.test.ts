import { expect, test } from "vitest";
import { totpCode, userName } from "./session.ts";

test.each([
  ["anna", true],
  ["a.b_c-9", true],
  ["9", true],
  ["", false],
  ["-anna", false],
  [".anna", false],
  ["Anna", false],
  ["an na", false],
  ["anna\n", false],
  ["änna", false],
  ["a".repeat(33), false],
])("%j as the name of a user: %s", (text, good) => {
  expect(userName.safeParse(text).success).toBe(good);
});

test.each([
  ["123456", true],
  ["12345", false],
  ["1234567", false],
  ["12345a", false],
  ["12345\n", false],
  ["\u0661\u0662\u0663\u0664\u0665\u0666", false],
])("%j as a code: %s", (text, good) => {
  expect(totpCode.safeParse(text).success).toBe(good);
});
