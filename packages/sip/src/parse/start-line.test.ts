import { expect, test } from "vitest";
import { parseStartLine } from "./start-line.ts";

test.each([
  ["INVITE sip:a@b.example SIP/2.0", { kind: "request", method: "INVITE" }],
  ["invite sip:a@b.example sip/2.0", { kind: "request", method: "invite" }],
  ["SIP/2.0 200 OK", { kind: "response", status: 200, reason: "OK" }],
  ["SIP/2.0 100 ", { kind: "response", status: 100, reason: "" }],
  ["SIP/2.0 699 a  b", { kind: "response", status: 699, reason: "a  b" }],
])("%j is a start line", (line, expected) => {
  expect(parseStartLine(line)).toMatchObject(expected);
});

test.each([
  ["", "not-sip"],
  ["GET / HTTP/1.1", "not-sip"],
  ["INVITE sip:a@b.example", "start-line"],
  ["INVITE sip:a@b.example SIP", "start-line"],
  ["INVITE SIP/2.0", "start-line"],
  ["INVITE  sip:a@b.example SIP/2.0", "start-line-space"],
  ["INVITE sip:a@b.example  SIP/2.0", "start-line-space"],
  ["INVITE sip:a@b.example SIP/2.0 ", "start-line-space"],
  ["INVITE sip:a@b.example; lr SIP/2.0", "start-line-space"],
  ["INVITE <sip:a@b.example> SIP/2.0", "request-uri"],
  ["OPTIONS sip:a@b.example SIP/7.0", "version"],
  ["OPTIONS sip:a@b.example SIP/2.00", "version"],
  ["OPTIONS sip:a@b.example SIP/x", "start-line"],
  ["SIP/7.0 200 OK", "version"],
  ["SIP/2.0 4294967301 x", "status"],
  ["SIP/2.0 099 x", "status"],
  ["SIP/2.0 700 x", "status"],
  ["SIP/2.0 20 x", "status"],
  ["SIP/2.0", "start-line"],
])("%j is malformed: %s", (line, code) => {
  expect(parseStartLine(line)).toEqual({ kind: "malformed", code });
});
