import { expect, test } from "vitest";
import { formatNameAddr, parseContacts, parseNameAddr, parseNameAddrList } from "./name-addr.ts";

test.each([
  ["sip:a@b.example;tag=1", undefined, "1", []],
  ["<sip:a@b.example;x=1>;tag=2", undefined, "2", [{ name: "x", value: "1" }]],
  ['"A, \\"B\\"" <sip:a@b.example> ; tag = 3', 'A, "B"', "3", []],
  ["A. B~<sip:a@b.example>", "A. B~", undefined, []],
  ["J\xfcrgen <sip:a@b.example>", "J\xfcrgen", undefined, []],
])("%s is read", (text, displayName, tag, params) => {
  expect(parseNameAddr(text)).toMatchObject({ displayName, tag, uri: { kind: "sip", params } });
});

test.each([
  "",
  "<>",
  "A",
  "<sip:a@b.example",
  "sip:a@b.example>",
  "A, B <sip:a@b.example>",
  '"A <sip:a@b.example>',
  '"A" x <sip:a@b.example>',
  "< sip:a@b.example>",
  "<sip:a@b.example> x",
  "<sip:a@b.example>;tag=1;tag=2",
  "sip:a@b.example?x=y",
  "sip:a,b@c.example",
  "<sip:a@b.example>;tag",
  '<sip:a@b.example>;tag="1"',
])("%j is refused", (text) => {
  expect(parseNameAddr(text)).toBeUndefined();
});

test("a parameter after a bare URI belongs to the header, in brackets to the URI (RFC 4475 cparam01, cparam02)", () => {
  expect(parseNameAddr("sip:a@b.example;x")).toMatchObject({ uri: { params: [] }, params: [{ name: "x" }] });
  expect(parseNameAddr("<sip:a@b.example;x>")).toMatchObject({ uri: { params: [{ name: "x" }] }, params: [] });
});

test("lists are read across values, up to the limit", () => {
  expect(parseNameAddrList(["<sip:a@b.example>, <sip:c@d.example>", "<sip:e@f.example>"], 3)).toHaveLength(3);
  expect(parseNameAddrList(["<sip:a@b.example>, <sip:c@d.example>", "<sip:e@f.example>"], 2)).toBeUndefined();
  expect(parseNameAddrList(["<sip:a@b.example>, x"], 9)).toBeUndefined();
});

test("a star stands alone", () => {
  expect(parseContacts(["*"])).toBe("*");
  expect(parseContacts(["*", "<sip:a@b.example>"])).toBeUndefined();
  expect(parseContacts(["*, <sip:a@b.example>"])).toBeUndefined();
  expect(parseContacts([])).toEqual([]);
});

test("what is written has quotes and brackets", () => {
  const parsed = parseNameAddr('A <sip:a@b.example;lr>;q=0.5;x="y;z"');
  expect(parsed === undefined ? "" : formatNameAddr(parsed)).toBe('"A" <sip:a@b.example;lr>;q=0.5;x="y;z"');
  expect(formatNameAddr({ displayName: 'x"\\', uri: "tel:112" })).toBe('"x\\"\\\\" <tel:112>');
});
