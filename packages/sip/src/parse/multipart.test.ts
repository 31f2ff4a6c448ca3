import { expect, test } from "vitest";
import { readMultipart } from "./multipart.ts";

function read(text: string, boundary = "b") {
  const { parts, whole } = readMultipart(Buffer.from(text, "latin1"), boundary);
  const seen = parts.map(({ headers, body }) => [headers.get("Content-Type"), Buffer.from(body).toString("latin1")]);
  return { seen, whole };
}

const one = "--b\r\nContent-Type: a/b\r\n\r\none\r\n--b--";

test("the parts are what stands between the delimiters, without preamble and epilogue", () => {
  const two = "--b\r\nContent-Type: a/b\r\n\r\none\r\n\r\n--b \t\r\nc: c/d;x=y\r\n\r\ntwo\r\n--b--\r\n--b\r\nepilogue";
  const seen = [
    ["a/b", "one\r\n"],
    ["c/d;x=y", "two"],
  ];
  expect(read(two)).toEqual({ seen, whole: true });
  expect(read(`not a part --b\r\n\r\n${two}`)).toEqual({ seen, whole: true });
});

test("a part may have no header fields, no body, or neither", () => {
  expect(read("--b\r\n\r\nbare\r\n--b--").seen).toEqual([[undefined, "bare"]]);
  expect(read("--b\r\n\r\n\r\n--b--").seen).toEqual([[undefined, ""]]);
  expect(read("--b\r\n\r\n--b--")).toEqual({ seen: [[undefined, ""]], whole: true });
  expect(read("--b\r\nContent-Type: a/b\r\n\r\n--b--").seen).toEqual([["a/b", ""]]);
});

test("a part is a view: octets that are no text stay as they are", () => {
  const octets = Buffer.from("--b\r\n\r\n\0\xff\r\r\n\n\r\n--b--", "latin1");
  const [part] = readMultipart(octets, "b").parts;
  expect(part?.body).toEqual(Buffer.from("\0\xff\r\r\n\n", "latin1"));
  expect(part?.body.buffer).toBe(octets.buffer);
});

test.each([
  ["nothing", "", 0],
  ["no delimiter", "v=0\r\n", 0],
  ["a closing delimiter alone", "--b--", 0],
  ["no closing delimiter", one.slice(0, -2), 0],
  ["no closing delimiter after the second part", `${one.slice(0, -2)}\r\n\r\ntwo`, 1],
  ["one hyphen of two at the end", one.slice(0, -1), 0],
  ["a line that goes on after the boundary", one.replace("\r\n--b--", "\r\n--bb\r\n--b--"), 0],
  ["a first line that goes on after the boundary", one.replace("--b\r\n", "--bb\r\n"), 0],
  ["text after the closing delimiter", `${one}x`, 0],
  ["bare line feeds", one.replaceAll("\r\n", "\n"), 0],
  ["a head that does not end", "--b\r\nContent-Type: a/b\r\n--b--", 0],
  ["two Content-Type", one.replace("\r\n\r\n", "\r\nc: c/d\r\n\r\n"), 0],
  ["a control character in a head", one.replace("a/b", "a\0b"), 0],
  ["a head line without a colon", one.replace("Content-Type:", "Content-Type"), 0],
  ["a head of 4 kB", one.replace("a/b", `a/b;x=${"x".repeat(4096)}`), 0],
  ["33 header fields", one.replace("\r\n\r\n", `${"\r\nX: 1".repeat(32)}\r\n\r\n`), 0],
  ["nine parts", `${"--b\r\n\r\nx\r\n".repeat(9)}--b--`, 8],
])("%s is not whole; what stands before is kept", (_what, text, parts) => {
  const { seen, whole } = read(text);
  expect([whole, seen.length]).toEqual([false, parts]);
});

test("eight parts are whole", () => {
  expect(read(`${"--b\r\n\r\nx\r\n".repeat(8)}--b--`)).toMatchObject({ whole: true, seen: { length: 8 } });
});

test.each([
  ["0123456789'()+_,-./:=? x", true],
  ["x".repeat(70), true],
  ["x".repeat(71), false],
  ["", false],
  ["b ", false],
  ["b\r\n", false],
  ["b\0", false],
  ["b;", false],
  ["b\xff", false],
])("boundary %j is one by RFC 2046: %s", (boundary, whole) => {
  expect(read(`--${boundary}\r\n\r\nx\r\n--${boundary}--`, boundary).whole).toBe(whole);
});
