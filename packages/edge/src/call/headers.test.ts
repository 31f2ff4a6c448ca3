import { HeaderList, parseMessage, type Response } from "@ringfence/sip";
import { expect, test } from "vitest";
import { reasonHeaders, retryAfterHeaders, tagged } from "./headers.ts";

function response(...lines: readonly string[]): Response {
  const head = ["SIP/2.0 503 No", "Via: SIP/2.0/UDP h;branch=z9hG4bK1", "From: <sip:a@b>;tag=1", "To: <sip:a@b>;tag=2"];
  const text = [...head, "Call-ID: 1", "CSeq: 1 INVITE", ...lines, "Content-Length: 0", "", ""].join("\r\n");
  const parsed = parseMessage(Buffer.from(text), "datagram");
  if (parsed.kind !== "response") throw new Error(text);
  return parsed;
}

test.each([
  ["Q.850;cause=16", [["Reason", "Q.850;cause=16"]]],
  ['SIP ; cause=200 ;text="Call completed elsewhere"', [["Reason", "SIP;cause=200"]]],
  ['q.850;text="10.0.0.5";cause=17', [["Reason", "Q.850;cause=17"]]],
  ["Q.850;cause=99999", []],
  ["Q.850;cause=1e2", []],
  ["X-Own;cause=16", []],
  ['SIP;text="a;cause=200;b";cause=487', [["Reason", "SIP;cause=487"]]],
  ['SIP;text="open', []],
  [
    "Q.850;cause=16, SIP ;cause=200",
    [
      ["Reason", "Q.850;cause=16"],
      ["Reason", "SIP;cause=200"],
    ],
  ],
  ["", []],
])("Reason %j crosses as protocol and cause only", (value, expected) => {
  expect(reasonHeaders([value])).toEqual(expected);
});

test("one reason a protocol crosses (RFC 3326 section 2)", () => {
  const many = Array.from({ length: 50 }, (_, cause) => [`Q.850;cause=${cause}`, `SIP;cause=${400 + cause}`]).flat();
  expect(reasonHeaders(many)).toEqual([
    ["Reason", "Q.850;cause=0"],
    ["Reason", "SIP;cause=400"],
  ]);
});

test.each([
  ["120", [["Retry-After", "120"]]],
  ["18000;duration=3600", [["Retry-After", "3600"]]],
  ["60 (at 10.0.0.5)", [["Retry-After", "60"]]],
  ["soon", []],
])("Retry-After %j crosses as seconds, an hour at most", (value, expected) => {
  expect(retryAfterHeaders(response(`Retry-After: ${value}`))).toEqual(expected);
});

test("a display name is quoted, so that it cannot become another header value", () => {
  const value = tagged("sip:1001@pbx.example.com", "abc", 'A "B" <sip:x@y>, C');
  expect(HeaderList.of(["From", value]).all("From")).toHaveLength(1);
  expect(value).toMatch(/^"A \\"B\\" <sip:x@y>, C" <sip:1001@pbx\.example\.com>;tag=abc$/);
});
