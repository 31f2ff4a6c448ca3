import { expect, test } from "vitest";
import { parseMessage } from "../parse/message.ts";
import { sessionPart, withSession } from "./session-part.ts";

const sdp = "Content-Type: application/sdp\r\n\r\nv=0";
const place = "Content-Type: application/pidf+xml\r\nContent-ID: <p@x>";
const picture = (disposition: string) => `Content-Type: image/png\r\nContent-Disposition: ${disposition}\r\n\r\nx`;

function multipart(...parts: readonly string[]): string {
  return `${parts.map((part) => `--b\r\n${part}\r\n`).join("")}--b--\r\n`;
}

function message(
  body: string,
  type = "multipart/mixed;boundary=b",
  fields = "",
  start = "INVITE sip:c@d.example SIP/2.0",
) {
  const method = start.startsWith("SIP") ? "INVITE" : start.slice(0, start.indexOf(" "));
  const head = `${start}\r\nVia: SIP/2.0/UDP h.example;branch=z9hG4bK1\r\nFrom: <sip:a@b.example>;tag=1\r\nTo: <sip:c@d.example>`;
  const about = type === "" ? fields : `Content-Type: ${type}\r\n${fields}`;
  const text = `${head}\r\nCall-ID: x\r\nCSeq: 1 ${method}\r\n${about}\r\n${body}`;
  const parsed = parseMessage(Buffer.from(text, "latin1"), "datagram");
  if (parsed.kind === "failure") throw new Error(parsed.text);
  return parsed;
}

function found(...args: Parameters<typeof message>) {
  const part = sessionPart(message(...args));
  return [Buffer.from(part.sdp).toString("latin1"), part.fault];
}

const nested = multipart(sdp).replaceAll("--b", "--i");
const deep = `Content-Type: multipart/mixed;boundary=i\r\n\r\n--i\r\nContent-Type: multipart/mixed;boundary=j\r\n\r\n`;

test.each([
  ["no body", found("", ""), "", undefined],
  ["SDP alone", found("v=0", "application/sdp"), "v=0", undefined],
  ["SDP and a location", found(multipart(sdp, `${place}\r\n\r\n<p/>`)), "v=0", undefined],
  ["a location and SDP", found(multipart(`${place}\r\n\r\n<p/>`, sdp)), "v=0", undefined],
  [
    "a quoted boundary",
    found(multipart(sdp).replaceAll("--b", "--b c"), 'multipart/related; boundary="b c"'),
    "v=0",
    undefined,
  ],
  ["an unknown multipart", found(multipart(sdp), "Multipart/X ;boundary=b"), "v=0", undefined],
  ["two session descriptions", found(multipart(sdp, `${sdp}x`)), "v=0", undefined],
  ["a part that may be ignored", found(multipart(sdp, picture("icon;handling=optional"))), "v=0", undefined],
  ["a part that must not be ignored", found(multipart(sdp, picture("icon;handling=REQUIRED"))), "v=0", "unsupported"],
  ["a disposition nobody can read", found(multipart(sdp, picture("icon;handling=a;handling=b"))), "v=0", "unsupported"],
  [
    "SDP in an encoding of its own, which may be ignored",
    found(
      multipart(
        "Content-Type: application/sdp\r\nContent-Encoding: gzip\r\nContent-Disposition: session;handling=optional\r\n\r\nx",
      ),
    ),
    "",
    "unsupported",
  ],
  [
    "a choice of which we know one",
    found(multipart(picture("x;handling=required"), sdp), "multipart/alternative;boundary=b"),
    "v=0",
    undefined,
  ],
  [
    "a multipart in it",
    found(multipart(`Content-Type: multipart/alternative;boundary=i\r\n\r\n${nested}`)),
    "v=0",
    undefined,
  ],
  [
    "a multipart in a multipart in it",
    found(multipart(`${deep}${multipart(sdp).replaceAll("--b", "--j")}\r\n--i--`)),
    "",
    "unsupported",
  ],
  ["an early session (RFC 3959)", found(multipart(`Content-Disposition: early-session\r\n${sdp}`)), "", "unsupported"],
  ["an encoded session", found(multipart(`Content-Transfer-Encoding: base64\r\n${sdp}`)), "", "unsupported"],
  ["a compressed session", found(multipart(`e: gzip\r\n${sdp}`)), "", "unsupported"],
  [
    "binary and identity",
    found(multipart(`Content-Transfer-Encoding: Binary\r\ne: identity\r\n${sdp}`)),
    "v=0",
    undefined,
  ],
  ["no session, and nothing said", found(multipart(`${place}\r\n\r\n<p/>`)), "", "unsupported"],
  ["no session, and all may be ignored", found(multipart(picture("icon;handling=optional"))), "", undefined],
  ["another body", found("x", "text/plain"), "", "unsupported"],
  [
    "another body that may be ignored",
    found("x", "text/plain", "Content-Disposition: render;handling=optional\r\n"),
    "",
    undefined,
  ],
  ["no boundary", found(multipart(sdp), "multipart/mixed"), "", "malformed"],
  ["two boundaries", found(multipart(sdp), "multipart/mixed;boundary=b;boundary=c"), "", "malformed"],
  ["no end", found(multipart(sdp, sdp).replace("--b--", "")), "v=0", "malformed"],
])("%s", (_what, got, body, fault) => {
  expect(got).toEqual([body, fault]);
});

test("the message that goes on has the session description as its only body", () => {
  const whole = withSession(
    message(multipart(sdp, `${place}\r\n\r\n<p/>`), undefined, "Content-Disposition: session\r\n"),
  );
  expect(Buffer.from(whole.body).toString()).toBe("v=0");
  expect(whole.headers.get("Content-Type")).toBe("application/sdp");
  expect(whole.headers.get("Content-Length")).toBe("3");
  expect(whole.headers.has("Content-Disposition")).toBe(false);
  const empty = withSession(message("x", "application/isup", "", "SIP/2.0 183 Progress"));
  expect([empty.body.length, empty.headers.has("Content-Type")]).toEqual([0, false]);
});

test.each([
  ["SDP alone", message("v=0", "application/sdp")],
  ["no body", message("", "")],
  ["a MESSAGE", message(multipart(sdp), undefined, "", "MESSAGE sip:c@d.example SIP/2.0")],
  ["a response without Content-Type", message("v=0", "", "", "SIP/2.0 200 OK")],
])("%s goes on as it is", (_what, before) => {
  expect(withSession(before)).toBe(before);
});
