import { compile, loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";
import { mayWait } from "./first-look.ts";

const loaded = loadConfig("pbx: { address: 10.0.0.5 }\nphones: { domains: [pbx.example.com] }\n");
if (!loaded.ok) throw new Error(JSON.stringify(loaded));
const policy = compile(loaded.config);

function request(start: string, ...more: readonly string[]): Uint8Array {
  const head = [start, "Via: SIP/2.0/UDP a;branch=z9hG4bK1", "From: <sip:a@b>;tag=1", ...more, "", ""];
  return Buffer.from(head.join("\r\n"), "latin1");
}

test.each([
  ["a new call", "INVITE sip:600@pbx.example.com SIP/2.0", "To: <sip:600@pbx.example.com>", true],
  ["a registration", "REGISTER sip:pbx.example.com SIP/2.0", "To: <sip:a@pbx.example.com>", true],
  ["a question", "OPTIONS sip:pbx.example.com SIP/2.0", "t: <sip:pbx.example.com>", true],
  ["no To at all", "MESSAGE sip:a@pbx.example.com SIP/2.0", "X: 1", true],
  ["a hold", "INVITE sip:a@192.0.2.1 SIP/2.0", "To: <sip:b@pbx.example.com>;tag=2", false],
  ["a hold in short", "INVITE sip:a@192.0.2.1 SIP/2.0", "t : <sip:b@pbx.example.com>;tag=2", false],
  ["a hold in capitals", "INVITE sip:a@192.0.2.1 SIP/2.0", "TO\t: <sip:b@pbx.example.com>;tag=2", false],
  ["another header that begins alike", "INVITE sip:a@192.0.2.1 SIP/2.0", "Tone: tag=2", true],
  ["a call for help", "INVITE sip:112@pbx.example.com SIP/2.0", "To: <sip:112@pbx.example.com>", false],
  ["an end", "BYE sip:a@192.0.2.1 SIP/2.0", "To: <sip:b@pbx.example.com>;tag=2", false],
  ["an acknowledgement", "ACK sip:a@192.0.2.1 SIP/2.0", "To: <sip:b@pbx.example.com>;tag=2", false],
  ["an answer", "SIP/2.0 200 OK", "To: <sip:b@pbx.example.com>;tag=2", false],
])("%s: may wait %#", (_what, start, to, expected) => {
  expect(mayWait(policy, request(start, to))).toBe(expected);
});

test("what ends anywhere is looked at without fault", () => {
  const whole = request("INVITE sip:600@pbx.example.com SIP/2.0", "To: <sip:600@pbx.example.com>;tag=2");
  for (let length = 0; length <= whole.length; length++) {
    expect(typeof mayWait(policy, whole.subarray(0, length))).toBe("boolean");
  }
});
