import { expect, test } from "vitest";
import type { Request, Response } from "../message/message.ts";
import { standardMethods } from "../message/methods.ts";
import { parseMessage } from "../parse/message.ts";
import { checkRequest } from "./request.ts";
import { checkResponse } from "./response.ts";

const facts = { methods: standardMethods, extensions: new Set(["timer"]) };

function parsed(method: string, fields: readonly string[], body = "", uri = "sip:c@d.example"): Request {
  const head = [`${method} ${uri} SIP/2.0`, "From: <sip:a@b.example>;tag=1", "To: <sip:c@d.example>", "Call-ID: x"];
  const via = fields.some((line) => line.startsWith("Via")) ? [] : ["Via: SIP/2.0/UDP h.example;branch=z9hG4bK1"];
  const text = [...head, `CSeq: 1 ${method}`, ...via, ...fields].join("\r\n");
  const message = parseMessage(Buffer.from(`${text}\r\n\r\n${body}`), "datagram");
  if (message.kind !== "request") throw new Error(`not a request: ${JSON.stringify(message)}`);
  return message;
}

test.each([
  ["a plain INVITE", parsed("INVITE", ["Contact: <sip:a@h.example>", "Max-Forwards: 1"])],
  ["no branch at all (RFC 2543)", parsed("INVITE", ["Via: SIP/2.0/UDP h.example"])],
  ["a branch without the cookie", parsed("INVITE", ["Via: SIP/2.0/UDP h.example;branch=390skdjuw"])],
  ["a supported extension in any case", parsed("INVITE", ["Require: Timer"])],
  ["Require in a CANCEL", parsed("CANCEL", ["Require: whatever"])],
  ["Require in an ACK", parsed("ACK", ["Require: whatever"])],
  ["an offer with parameters on its type", parsed("INVITE", ["c: Application / SDP ;x=y"], "v=0")],
  ["a body of any type in MESSAGE", parsed("MESSAGE", ["c: text/plain"], "hi")],
  ["identity encoding", parsed("INVITE", ["c: application/sdp", "e: Identity"], "v=0")],
  ["tel", parsed("INVITE", [], "", "tel:+44")],
  ["OPTIONS about ourselves with no hops left", parsed("OPTIONS", ["Max-Forwards: 0"], "", "sip:d.example")],
  ["OPTIONS about anybody with no hops left", parsed("OPTIONS", ["Max-Forwards: 0"])],
  ["every Contact removed", parsed("REGISTER", ["Contact: *"])],
])("%s passes", (_what, request) => {
  expect(checkRequest(request, facts)).toBeUndefined();
});

test.each([
  [501, "method-known", parsed("FOO", ["Require: x"], "", "urn:x")],
  [501, "method-known", parsed("invite", [])],
  [416, "request-uri-scheme", parsed("OPTIONS", [], "", "soap.beep://192.0.2.103:3002")],
  [400, "request-uri-headers", parsed("INVITE", [], "", "sip:a@b.example?Route=%3Csip:e%3E")],
  [400, "branch-unique", parsed("INVITE", ["Via: SIP/2.0/UDP h.example;branch=Z9hG4bK"])],
  [400, "contact-readable", parsed("REGISTER", ["Contact: sip:a@b.example?Route=x"])],
  [400, "contact-readable", parsed("INVITE", ["Contact: <sip:a@b.example>", "m: <sip:e@f.example>"])],
  [400, "contact-readable", parsed("INVITE", ["Contact: *"])],
  [400, "routes-readable", parsed("INVITE", ["Route: x"])],
  [400, "routes-readable", parsed("INVITE", ["Record-Route: <sip:a@b.example"])],
  [483, "hops-left", parsed("INVITE", ["Max-Forwards: 0"])],
  [420, "extensions-supported", parsed("INVITE", ["Proxy-Require: a, timer", "Require: b"])],
  [400, "extensions-supported", parsed("INVITE", ["Require: a b"])],
  [400, "body-typed", parsed("INFO", [], "x")],
  [415, "body-encoding", parsed("INVITE", ["c: application/sdp", "e: gzip"], "x")],
  [415, "offer-is-sdp", parsed("INVITE", ["c: text/plain"], "x")],
  [415, "offer-is-sdp", parsed("UPDATE", ["c: multipart/mixed;boundary=x"], "--x\r\nc: a/b\r\n\r\n\r\n--x--")],
  [400, "offer-is-sdp", parsed("INVITE", ["c: multipart/mixed;boundary=x"], "x")],
])("%i by %s", (status, check, request) => {
  expect(checkRequest(request, facts)).toMatchObject({ status, check });
});

test("threat L15: no location that an emergency call requires to be read refuses it, and no other call may require it", () => {
  for (const tag of ["geolocation", "Geolocation-SIP", "geolocation-http"]) {
    const request = parsed("INVITE", [`Require: ${tag}`]);
    expect(checkRequest(request, { ...facts, emergency: true })).toBeUndefined();
    expect(checkRequest(request, facts)).toMatchObject({ status: 420 });
  }
  const precondition = parsed("INVITE", ["Require: geolocation, precondition"]);
  expect(checkRequest(precondition, { ...facts, emergency: true })).toMatchObject({
    status: 420,
    headers: [["Unsupported", "precondition"]],
  });
});

test("threat L15: no body of an emergency call refuses it", () => {
  for (const type of ["multipart/mixed;boundary=x", "multipart/mixed", "application/pidf+xml"]) {
    expect(checkRequest(parsed("INVITE", [`c: ${type}`], "x"), { ...facts, emergency: true })).toBeUndefined();
  }
});

test("an answer says what would have been acceptable", () => {
  const headers = (request: Request) => checkRequest(request, facts)?.headers;
  expect(headers(parsed("INVITE", ["Proxy-Require: a, timer", "Require: b"]))).toEqual([["Unsupported", "a, b"]]);
  expect(headers(parsed("INVITE", ["c: text/plain"], "x"))).toEqual([["Accept", "application/sdp"]]);
  expect(headers(parsed("INVITE", ["c: application/sdp", "e: gzip"], "x"))).toEqual([["Accept-Encoding", "identity"]]);
  expect(headers(parsed("FOO", []))?.[0]?.[0]).toBe("Allow");
});

test.each([
  ["one Via with a branch", "Via: SIP/2.0/UDP h.example;branch=z9hG4bK1", undefined],
  ["two Vias", "Via: SIP/2.0/UDP h.example;branch=z9hG4bK1, SIP/2.0/UDP 255.255.255.255", "one-via"],
  ["a Via without branch", "Via: SIP/2.0/UDP h.example", "branch-ours"],
])("a response with %s", (_what, via, check) => {
  const text = `SIP/2.0 200 OK\r\n${via}\r\nFrom: <sip:a@b.example>;tag=1\r\nTo: <sip:c@d.example>;tag=2\r\nCall-ID: x\r\nCSeq: 1 BYE`;
  const response = parseMessage(Buffer.from(`${text}\r\n\r\n`), "datagram") as Response;
  expect(checkResponse(response)?.check).toBe(check);
});
