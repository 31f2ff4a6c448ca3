import { expect, test } from "vitest";
import { limits } from "./limits.ts";
import { StreamFramer } from "./stream-framer.ts";

function message(length: string, body = ""): string {
  return `OPTIONS sip:a@b.example SIP/2.0\r\nVia: SIP/2.0/TCP h.example\r\n${length}\r\n\r\n${body}`;
}

function kinds(...chunks: string[]): readonly string[] {
  const framer = new StreamFramer();
  return chunks.flatMap((chunk) =>
    framer.push(Buffer.from(chunk, "latin1")).map((framed) => (framed.kind === "broken" ? framed.code : framed.kind)),
  );
}

test.each([
  ["one message", [message("l: 2", "hi")], ["message"]],
  ["two in one chunk", [message("Content-Length: 2", "hi") + message("l: 0")], ["message", "message"]],
  ["a body with an empty line in it", [message("l: 6", "\r\n\r\nab") + message("l: 0")], ["message", "message"]],
  ["a compact, folded, spaced Content-Length", [message("L \t:\r\n 2", "hi")], ["message"]],
  ["line ends before and after", [`\r\n${message("l: 0")}\r\n\r\n`], ["pong", "message", "pong", "ping"]],
  ["a ping in two chunks", ["\r", "\n\r", "\n"], ["pong", "ping"]],
  ["half a message", [message("l: 3", "hi")], []],
])("%s", (_what, chunks, expected) => {
  expect(kinds(...chunks)).toEqual(expected);
});

test.each([
  ["no Content-Length", message("X: 1"), "content-length-missing"],
  ["two", message("l: 0\r\nContent-Length: 0"), "content-length-conflict"],
  ["a negative one", message("l: -1"), "content-length"],
  ["a hexadecimal one", message("l: 0x10"), "content-length"],
  ["an empty one", message("l:"), "content-length"],
  ["one of 2^31", message("l: 2147483648"), "content-length"],
  ["one of 2^64", message("l: 18446744073709551616"), "content-length"],
  ["one above the limit", message("l: 65537"), "message-too-large"],
  ["one that with its head is above the limit", message("l: 65530"), "message-too-large"],
  ["a bare LF", message("l: 0\nX: 1"), "bare-line-end"],
  ["a line without colon", message("l: 0\r\nX"), "header-syntax"],
  ["a CR before the message", `\r${message("l: 0")}`, "bare-line-end"],
  ["another protocol", "\x16\x03\x01", "not-sip"],
  ["a head without end", `A${"a".repeat(70_000)}`, "head-too-large"],
])("%s breaks the stream, and nothing comes after", (_what, text, code) => {
  expect(kinds(text, message("l: 0"))).toEqual([code]);
});

test("what breaks brings its head, so that it can be answered", () => {
  const [broken] = new StreamFramer().push(Buffer.from(`${message("l: -1")}body`));
  expect(broken?.kind === "broken" && Buffer.from(broken.bytes).toString()).toBe(message("l: -1"));
});

test("the caller may reuse its chunk", () => {
  const framer = new StreamFramer();
  const chunk = Buffer.from(message("l: 4", "ab"));
  framer.push(chunk);
  chunk.fill(0);
  const [framed] = framer.push(Buffer.from("cd"));
  expect(framed?.kind === "message" && Buffer.from(framed.bytes).toString()).toBe(message("l: 4", "abcd"));
});

test("it tells whether a message has begun, and holds no more than one", () => {
  const framer = new StreamFramer();
  framer.push(Buffer.from("\r\n"));
  expect([framer.midMessage, framer.buffered]).toEqual([false, 0]);
  framer.push(Buffer.from("OPT"));
  expect([framer.midMessage, framer.buffered]).toEqual([true, 3]);
  const long = new StreamFramer({ ...limits, head: 100 });
  expect(long.push(Buffer.from("A".repeat(101)))).toMatchObject([{ kind: "broken", code: "head-too-large" }]);
  expect(long.buffered).toBe(0);
});
