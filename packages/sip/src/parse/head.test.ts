import { expect, test } from "vitest";
import { readHead } from "./head.ts";

function head(fields: string) {
  return readHead(Buffer.from(`START\r\n${fields}\r\n`, "latin1"), 0);
}

test.each([
  ["AA: 1\r\nbb:2\r\n", ["AA=1", "bb=2"]],
  ["v \t:  x \t\r\n", ["Via=x"]],
  ["cAlL-iD: x\r\n", ["Call-ID=x"]],
  ["AA:\r\n  1\r\n\t2  \r\n \r\nBB: 3\r\n", ["AA=1 2", "BB=3"]],
  ["AA:\r\n", ["AA="]],
  ['To: "\\\0\\\x07\\a" <x>\r\n', ['To="??\\a" <x>']],
  ["AA: \xff\x80\xc0a\r\n", ["AA=\xff\x80\xc0a"]],
])("%j is read", (fields, expected) => {
  const { failure, headers, startLine } = head(fields);
  expect([failure, startLine]).toEqual([undefined, "START"]);
  expect([...headers].map(({ name, value }) => `${name}=${value}`)).toEqual(expected);
});

test.each([
  [" A: 1\r\n", "fold-first"],
  ["A\r\n", "header-syntax"],
  [": 1\r\n", "header-syntax"],
  ["A B: 1\r\n", "header-syntax"],
  ["\x01A: 1\r\n", "header-syntax"],
  ["A: 1\nB: 2\r\n", "bare-line-end"],
  ["A: 1\r\r\n", "bare-line-end"],
  ["A: \0\r\n", "control-character"],
  ["A: \x7f\r\n", "control-character"],
  ['A: "\\\0"\r\n', "control-character"],
  ["To: \\\0\r\n", "control-character"],
  ['To: "\\\n"\r\n', "bare-line-end"],
  ["A: \xc0\x8a\r\n", "overlong-utf8"],
  ["A: \xe0\x80\x8a\r\n", "overlong-utf8"],
  ["f: 1\r\nFROM: 1\r\n", "duplicate-header"],
  ["l: 1\r\nContent-Length : 1\r\n", "content-length-conflict"],
  [`A: ${"x".repeat(9000)}\r\n`, "header-too-long"],
  [`A: x${"\r\n x".repeat(4000)}\r\n`, "header-too-long"],
  ["A: 1\r\n".repeat(300), "too-many-headers"],
])("%j is refused: %s", (fields, code) => {
  expect(head(fields).failure).toBe(code);
});

test("a head without its empty line keeps whole lines only", () => {
  const { failure, headers } = readHead(Buffer.from("START\r\nA: 1\r\nVia: SIP/2.0/UDP 192.0"), 0);
  expect([failure, headers.size, headers.has("Via")]).toEqual(["head-unfinished", 1, false]);
});
