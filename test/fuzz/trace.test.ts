/**
 * What shows of a message, whatever the message is: it comes out of octets that anybody sent, and goes to terminals, captures and
 * collectors. Short and deterministic: fixed seeds, and every octet string that once broke it.
 */
import { ok, strictEqual } from "node:assert";
import { parseMessage } from "@ringfence/sip";
import { describe, expect, test } from "vitest";
import { createMask } from "../../packages/appliance/src/logs/mask.ts";
import { showMessage } from "../../packages/appliance/src/trace/message-mask.ts";
import { callIdOf } from "../../packages/appliance/src/trace/seen.ts";
import { tortureFolder } from "../support/torture.ts";
import { corpusOf, type FuzzTarget, fuzzTimes } from "./fuzz-driver.ts";

const masks = (["off", "numbers", "users", "addresses"] as const).map((level) => createMask(level));
const secret = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
const proof = `Digest username="a", realm="r", nonce="n", uri="sip:b", response="${secret}", cnonce="${secret}"`;
const sdp = `v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 4 RTP/SAVP 0\r\na=crypto:1 X inline:${secret}|2^20\r\n`;
const proven = [
  "INVITE sip:b@example.com SIP/2.0",
  "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
  "From: <sip:a@example.com>;tag=1",
  "To: <sip:b@example.com>",
  "Call-ID: c",
  "CSeq: 1 INVITE",
  `Authorization: ${proof}`,
  "Content-Type: application/sdp",
  `Content-Length: ${sdp.length}`,
].join("\r\n");

/** Whole and of one message: the same Call-ID, a body of the length that is said, no line that was not there. */
function shownHolds(input: Uint8Array): void {
  const before = parseMessage(input, "datagram");
  callIdOf(input);
  for (const mask of masks) {
    const shown = showMessage(input, mask);
    if (typeof shown === "string") {
      strictEqual(before.kind, "failure");
      continue;
    }
    ok(before.kind !== "failure");
    const head = shown.text.slice(0, shown.text.indexOf("\r\n\r\n")).split("\r\n");
    const said = [...before.headers].filter(({ name }) => name !== "Content-Length").length;
    strictEqual(head.length, said + 2, "a line more or less than there are headers");
    strictEqual(head.at(-1), `Content-Length: ${shown.text.length - shown.text.indexOf("\r\n\r\n") - 4}`);
  }
}

const seeds = [...tortureFolder("rfc4475").files, ...tortureFolder("rfc5118").files].map(({ bytes }) => bytes);
const target: FuzzTarget = {
  name: "trace-shown",
  seeds: [...seeds, Buffer.from(`${proven}\r\n\r\n${sdp}`, "latin1")],
  run: shownHolds,
};

describe(target.name, () => {
  test("holds its invariants on mutated messages", () => {
    for (const seed of [1, 2, 3]) fuzzTimes(target, seed, 300);
  });

  test("holds its invariants on every octet string that once broke them", () => {
    for (const { file, bytes } of corpusOf(target.name)) expect(() => target.run(bytes), file).not.toThrow();
  });

  test("the Call-ID that is found without reading the rest is that of the message", () => {
    for (const seed of target.seeds) {
      const message = parseMessage(seed, "datagram");
      if (message.kind !== "failure") expect(callIdOf(seed)).toBe(message.callId);
    }
  });
});
