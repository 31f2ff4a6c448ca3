import { expect, test } from "vitest";
import { canonicalDigits, canonicalNumber } from "./canonical-number.ts";

/** RFC 8224 §8.3. */
test.each([
  ["+1-215-555-1212", "12155551212"],
  ["12155551212", "12155551212"],
  ["+1 (215) 555.1212", "12155551212"],
  ["+12155551212;npdi;verstat=TN-Validation-Passed", "12155551212"],
  ["*69", "*69"],
  ["#31#215", "#31#215"],
])("%s is %s", (text, digits) => {
  expect(canonicalDigits(text)).toBe(digits);
});

test.each(["", "+", "anonymous", "1+2", "٣", "4930%31", ";1", "1".repeat(33), "49\r\n30"])(
  "%j is no number",
  (text) => {
    expect(canonicalDigits(text)).toBeUndefined();
  },
);

const german = { countryCode: "49", internationalPrefix: "00", nationalPrefix: "0", techPrefix: "", userPhone: false };
const unknown = { ...german, countryCode: "" };

test.each([
  ["030 123456", "4930123456"],
  ["0033123456", "33123456"],
  ["+33123456", "33123456"],
  ["4930123456", "4930123456"],
  ["112", "112"],
])("where the country is known, %s is %s", (text, digits) => {
  expect(canonicalNumber(text, german)).toBe(digits);
});

test("where it is not, nothing is guessed", () => {
  expect(canonicalNumber("030123456", unknown)).toBe("030123456");
  expect(canonicalNumber("030123456", undefined)).toBe("030123456");
});
