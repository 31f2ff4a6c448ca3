import { expect, test } from "vitest";
import { createMask, type MaskLevel, maskNumber } from "./mask.ts";

test("a number keeps its country and its end, never its middle", () => {
  expect(maskNumber("+4930123456")).toBe("+49301***56");
  expect(maskNumber("0049 (30) 12-34.56")).toBe("00493***56");
});

test("a short number shows its last two digits only", () => {
  expect(maskNumber("55512")).toBe("***12");
});

const identities: readonly (readonly [MaskLevel, string, string])[] = [
  ["off", "sip:+4930123456@example.com", "sip:+4930123456@example.com"],
  ["numbers", "sip:+4930123456@example.com", "sip:+49301***56@example.com"],
  ["numbers", "SIPS:+4930123456;isub=1@example.com", "SIPS:+49301***56@example.com"],
  ["numbers", "tel:+49-30-123456;phone-context=x", "tel:+49301***56"],
  ["numbers", "+4930123456", "+49301***56"],
  ["numbers", "sip:1001@example.com", "sip:1001@example.com"],
  ["numbers", "alice", "alice"],
  ["users", "sip:alice@example.com", "sip:a***@example.com"],
  ["users", "1001", "1***"],
  ["addresses", "sip:alice@192.0.2.9", "sip:a***@***"],
];

test.each(identities)("with mask %s an identity %s is logged as %s", (level, text, expected) => {
  expect(createMask(level).identity(text)).toBe(expected);
});

const texts: readonly (readonly [MaskLevel, string, string])[] = [
  ["numbers", "call to +4930123456 refused", "call to +49301***56 refused"],
  ["numbers", "call to 030 123 456 7 refused", "call to 03012***67 refused"],
  ["numbers", "<sip:+4930123456@pbx>;tag=1", "<sip:+49301***56@pbx>;tag=1"],
  ["numbers", "from 192.168.100.200:5060 to [2001:db8::1]:5061", "from 192.168.100.200:5060 to [2001:db8::1]:5061"],
  ["numbers", "10.11.12.0/24 is denied, port 50600", "10.11.12.0/24 is denied, port 50600"],
  ["addresses", "from 192.168.100.200:5060 to [2001:db8::1]:5061", "from *** to ***"],
  [
    "off",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0a2V5|2^20",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***|2^20",
  ],
  ["off", 'Digest username="u", response="6629fae49393a053", uri="x"', 'Digest username="u", response="***", uri="x"'],
  ["off", "password=hunter2 next", "password=*** next"],
  ["numbers", "call-4930123456-7@pbx, id 0+4930123456", "call-49301***56-7@pbx, id 0+49301***56"],
  ["numbers", "43eef728541309c8 and 728541309c8", "43eef728541309c8 and 728541309c8"],
  ["users", 'Digest username="anna", realm="x"', 'Digest username="***", realm="x"'],
  ["numbers", 'Digest username="anna", realm="x"', 'Digest username="anna", realm="x"'],
  ["users", 'From: "Anna Berg" <sip:anna@x>;tag=1', 'From: "***" <sip:a***@x>;tag=1'],
  ["users", "From: Anna Berg <sips:anna@x>", "From: *** <sips:a***@x>"],
  ["users", "no route to <sip:anna@x>", "no route to <sip:a***@x>"],
  ["numbers", 'From: "Anna Berg" <sip:anna@x>', 'From: "Anna Berg" <sip:anna@x>'],
];

test.each(texts)("with mask %s the text %s is logged as %s", (level, text, expected) => {
  expect(createMask(level).text(text)).toBe(expected);
});

test("an address alone is hidden only when addresses are", () => {
  expect(createMask("users").address("192.0.2.1:5060")).toBe("192.0.2.1:5060");
  expect(createMask("addresses").address("192.0.2.1:5060")).toBe("***");
});

test("a row of single digits is hidden as one number", () => {
  const hostile = "1 ".repeat(1_000);
  expect(createMask("addresses").text(hostile).length).toBeLessThan(hostile.length);
});
