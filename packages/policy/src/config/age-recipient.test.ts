import { expect, test } from "vitest";
import { isAgeRecipient } from "./age-recipient.ts";

const key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

test("a public key of age is one, and none with any one letter wrong", () => {
  expect(isAgeRecipient(key)).toBe(true);
  for (let i = "age1".length; i < key.length; i++) {
    const other = key[i] === "q" ? "p" : "q";
    expect(isAgeRecipient(`${key.slice(0, i)}${other}${key.slice(i + 1)}`)).toBe(false);
  }
});

test.each(["", "age1", key.toUpperCase(), key.slice(0, -1), `${key}q`, `AGE-SECRET-KEY-${key.slice(4)}`])(
  "%s is none",
  (text) => expect(isAgeRecipient(text)).toBe(false),
);
