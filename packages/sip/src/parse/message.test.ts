import { describe, expect, test } from "vitest";
import { failureCodes, failureText, parseFailure } from "./failure.ts";
import { parseMessage } from "./message.ts";

const fields = [
  "Via: SIP/2.0/UDP h.example;branch=z9hG4bK1, SIP/2.0/TCP i.example;branch=z9hG4bK2",
  "From: <sip:a@b.example>;tag=1",
  "To: <sip:c@d.example>",
  "Call-ID: x@y",
  "CSeq: 7 INVITE",
];

function octets(start: string, lines: readonly string[], body = ""): Buffer {
  return Buffer.from(`${[start, ...lines].join("\r\n")}\r\n\r\n${body}`, "latin1");
}

const invite = "INVITE sip:c@d.example SIP/2.0";

function without(name: string, ...instead: string[]): readonly string[] {
  return [...fields.filter((line) => !line.startsWith(`${name}:`)), ...instead];
}

test("a request is read into its model", () => {
  const message = parseMessage(octets(invite, [...fields, "Max-Forwards: 9", "l: 2"], "hi"), "stream");
  expect(message).toMatchObject({
    kind: "request",
    method: "INVITE",
    maxForwards: 9,
    callId: "x@y",
    cseq: { number: 7, method: "INVITE" },
    via: { host: "h.example", branch: "z9hG4bK1" },
    from: { tag: "1" },
    to: { tag: undefined },
  });
  expect(message.kind === "request" && [message.vias.length, Buffer.from(message.body).toString()]).toEqual([2, "hi"]);
});

describe("the body", () => {
  const length = (value: string) => [...fields, `Content-Length: ${value}`];
  test.each([
    ["of a datagram ends with it when there is no Content-Length", fields, "datagram", "abcd", "abcd"],
    ["of a datagram ends where Content-Length says", length("2"), "datagram", "abcd", "ab"],
    ["of a datagram may not be cut", length("5"), "datagram", "abcd", "body-short"],
    ["of a stream needs a Content-Length", fields, "stream", "", "content-length-missing"],
    ["of a stream may not be cut", length("5"), "stream", "abcd", "body-short"],
    ["of a stream is the last of it", length("2"), "stream", "abcd", "body-long"],
    ["has no negative length", length("-1"), "datagram", "", "content-length"],
  ] as const)("%s", (_what, lines, framing, body, expected) => {
    const message = parseMessage(octets(invite, lines, body), framing);
    expect(message.kind === "failure" ? message.code : Buffer.from(message.body).toString()).toBe(expected);
  });
});

test.each([
  ["from-missing", without("From")],
  ["from", without("From", "From: x")],
  ["to-missing", without("To")],
  ["to", without("To", 'To: "x')],
  ["call-id-missing", without("Call-ID")],
  ["call-id", without("Call-ID", "Call-ID: a b")],
  ["call-id", without("Call-ID", "Call-ID: a,b")],
  ["call-id", without("Call-ID", "Call-ID:")],
  ["cseq-missing", without("CSeq")],
  ["cseq", without("CSeq", "CSeq: 4294967296 INVITE")],
  ["cseq", without("CSeq", "CSeq: 1INVITE")],
  ["cseq-method", without("CSeq", "CSeq: 1 BYE")],
  ["via", without("Via", "Via: SIP/2.0/UDP h.example;;")],
  ["via", without("Via", "Via: SIP/2.0/UDP h.example,,SIP/2.0/UDP i.example")],
  ["too-many-vias", [...fields, ...Array.from({ length: 70 }, () => "Via: SIP/2.0/UDP h.example")]],
  ["max-forwards", [...fields, "Max-Forwards: 256"]],
  ["max-forwards", [...fields, "Max-Forwards:"]],
  ["duplicate-header", [...fields, "t: <sip:e@f.example>"]],
])("%s is a 400 with enough to answer it", (code, lines) => {
  const failure = parseMessage(octets(invite, lines), "datagram");
  expect(failure).toMatchObject({
    kind: "failure",
    code,
    verdict: { act: "reject", status: 400 },
    echo: { method: "INVITE" },
  });
});

test.each([
  ["empty", Buffer.from("\r\n\r\n")],
  ["empty", Buffer.alloc(0)],
  ["not-sip", Buffer.from("GET / HTTP/1.1\r\nVia: x\r\n\r\n")],
  ["not-sip", Buffer.from("\x16\x03\x01\x02\0")],
  ["via-missing", octets(invite, without("Via"))],
  ["from", octets("SIP/2.0 200 OK", without("From", "From: x"))],
  ["status", octets("SIP/2.0 4294967301 x", fields)],
  ["cseq-method", octets("ACK sip:c@d.example SIP/2.0", fields)],
])("%s is dropped when it cannot or must not be answered", (code, input) => {
  expect(parseMessage(input, "datagram")).toMatchObject({ code, verdict: { act: "drop" }, echo: undefined });
});

test("another version of SIP is a 505, a message above 64 KiB a 513", () => {
  const version = parseMessage(octets("OPTIONS sip:a@b.example SIP/7.0", fields), "datagram");
  expect(version).toMatchObject({ code: "version", verdict: { status: 505 } });
  const large = parseMessage(octets(invite, fields, "x".repeat(70_000)), "datagram");
  expect(large).toMatchObject({ code: "message-too-large", verdict: { status: 513 } });
});

test("every code has a text that fits a reason phrase, and is dropped when nobody can be answered", () => {
  for (const code of failureCodes) {
    expect([...failureText(code)].every((char) => char >= " " && char <= "~")).toBe(true);
    expect(parseFailure(code, undefined).verdict.act).toBe("drop");
  }
});
