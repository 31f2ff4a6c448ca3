import { expect, test } from "vitest";
import { Bug } from "../bug.ts";
import { parseMessage } from "../parse/message.ts";
import { noBody, responseTo, responseToEcho } from "./build.ts";
import { HeaderList } from "./headers.ts";
import { serializeRequest, serializeResponse } from "./serialize.ts";
import { reasonPhrase } from "./status.ts";

const text = [
  "INVITE sip:c@d.example SIP/2.0",
  "Via: SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bK1, SIP/2.0/TCP i.example",
  "v: SIP/2.0/TLS j.example",
  "From: A <sip:a@b.example>;tag=1",
  "To: sip:c@d.example",
  "Call-ID: x@y",
  "CSeq: 007 INVITE",
].join("\r\n");

function request() {
  const message = parseMessage(Buffer.from(`${text}\r\n\r\n`), "datagram");
  if (message.kind !== "request") throw new Error("not a request");
  return message;
}

const packetSource = { address: "203.0.113.7", port: 4000 };

test("an answer copies Via in order, From, To, Call-ID and CSeq, and names the source of the packet", () => {
  const answer = responseTo(request(), 180, { packetSource, toTag: "t", headers: [["Contact", "<sip:e@f.example>"]] });
  expect(Buffer.from(serializeResponse(answer)).toString()).toBe(
    [
      "SIP/2.0 180 Ringing",
      "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;received=203.0.113.7;rport=4000",
      "Via: SIP/2.0/TCP i.example",
      "Via: SIP/2.0/TLS j.example",
      "From: A <sip:a@b.example>;tag=1",
      "To: sip:c@d.example;tag=t",
      "Call-ID: x@y",
      "CSeq: 7 INVITE",
      "Contact: <sip:e@f.example>",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
  );
});

test("RFC 3261 §12.1.1: an answer that makes a dialog has every Record-Route in order, with unknown parameters", () => {
  const lines = ["Record-Route: <sip:p2.example;lr;x=1>;y=2, <sip:p1.example;lr>", "Record-Route: <sip:p0.example;lr>"];
  const message = parseMessage(Buffer.from(`${[text, ...lines].join("\r\n")}\r\n\r\n`), "datagram");
  if (message.kind !== "request") throw new Error("not a request");
  const values = lines.map((line) => line.slice("Record-Route: ".length));
  for (const status of [180, 183, 200, 202]) {
    expect(responseTo(message, status, { toTag: "t" }).headers.all("Record-Route")).toEqual(values);
  }
  for (const status of [100, 302, 486]) {
    expect(responseTo(message, status, { toTag: "t" }).headers.has("Record-Route")).toBe(false);
  }
  const inside = { ...message, to: { ...message.to, tag: "theirs" } };
  expect(responseTo(inside, 200).headers.has("Record-Route")).toBe(false);
  expect(responseTo({ ...message, method: "MESSAGE" }, 200).headers.has("Record-Route")).toBe(false);
});

test("100 gets no tag of ours, and a tag that is there stays", () => {
  expect(responseTo(request(), 100, { toTag: "t" }).headers.get("To")).toBe("sip:c@d.example");
  const again = { ...request(), to: { ...request().to, tag: "theirs" } };
  expect(responseTo(again, 200, { toTag: "t" }).headers.get("To")).toBe("sip:c@d.example");
});

test("what nobody could parse is answered with what was readable", () => {
  const failure = parseMessage(
    Buffer.from("INVITE sip:a SIP/2.0\r\nv: SIP/2.0/UDP 10.0.0.1;;\r\nf: x\r\n\r\n"),
    "datagram",
  );
  if (failure.kind !== "failure" || failure.echo === undefined) throw new Error("not answerable");
  const { headers } = responseToEcho(failure.echo, 400, { packetSource, toTag: "t" });
  expect([...headers].map(({ name, value }) => `${name}=${value}`)).toEqual(["Via=SIP/2.0/UDP 10.0.0.1;;", "From=x"]);
});

test("the serialiser writes Content-Length itself, in the long and the compact form", () => {
  const headers = HeaderList.of(["Content-Length", "999"], ["v", "x"], ["X-Own", "y"]);
  const out = { method: "INFO", uri: "sip:a@b", headers, body: Buffer.from("hi") };
  expect(Buffer.from(serializeRequest(out)).toString()).toBe(
    "INFO sip:a@b SIP/2.0\r\nVia: x\r\nX-Own: y\r\nContent-Length: 2\r\n\r\nhi",
  );
  expect(Buffer.from(serializeRequest(out, "compact")).toString()).toBe(
    "INFO sip:a@b SIP/2.0\r\nv:x\r\nX-Own:y\r\nl:2\r\n\r\nhi",
  );
});

test("the compact form of a message without body ends with its header fields", () => {
  const out = { method: "INFO", uri: "sip:a@b", headers: HeaderList.of(["v", "x"]), body: noBody };
  expect(Buffer.from(serializeRequest(out, "compact")).toString()).toBe("INFO sip:a@b SIP/2.0\r\nv:x\r\n\r\n");
});

test.each(["a\r\nX: 1", "a\n", "\r", "\0", "a\x7f", "\u010a", "\u20ac"])(
  "a value %j is a bug, not a header",
  (value) => {
    const headers = HeaderList.of(["X", value]);
    expect(() => serializeResponse({ status: 200, reason: "OK", headers, body: noBody })).toThrow(Bug);
  },
);

test("a request line with a space in it is a bug", () => {
  const headers = new HeaderList();
  expect(() => serializeRequest({ method: "INFO", uri: "sip:a b", headers, body: noBody })).toThrow(Bug);
  expect(() => serializeResponse({ status: 99, reason: "", headers, body: noBody })).toThrow(Bug);
});

test("every status has a reason phrase", () => {
  expect([reasonPhrase(404), reasonPhrase(499), reasonPhrase(199)]).toEqual([
    "Not Found",
    "Request Failure",
    "Early Dialog Terminated",
  ]);
});
