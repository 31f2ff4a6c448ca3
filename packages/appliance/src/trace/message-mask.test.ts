/** Threat L14, and the promise of the log: what proves somebody never shows, what tells who somebody is shows as the mask says. */
import { parseMessage } from "@ringfence/sip";
import { expect, test } from "vitest";
import { tortureFolder } from "../../../../test/support/torture.ts";
import { createMask, type MaskLevel } from "../logs/mask.ts";
import { LadderText } from "./ladder-text.ts";
import { showMessage } from "./message-mask.ts";
import { traced } from "./traced-message.ts";

const number = "+4930123456789";
const secrets = {
  response: "5d41402abc4b2a76b9719d911017c592",
  cnonce: "0a4f113bcnonce",
  password: "hunter2hunter2",
  sdesKey: "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
  icePassword: "asd88fgpdd777uzjYhagZg",
  passport: "eyJhbGciOiJFUzI1NiJ9",
  bearer: "mF_9.B5f-4.1JqM",
  push: "device-token-of-a-phone",
  header: "Refer-Me-Secret",
  page: "my card is 4111",
} as const;

const sdp = [
  "v=0",
  "o=alice 1 1 IN IP4 192.0.2.77",
  "s=-",
  "c=IN IP4 192.0.2.77",
  `k=base64:${secrets.sdesKey}`,
  "t=0 0",
  "m=audio 4000 RTP/SAVP 0",
  `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${secrets.sdesKey}|2^20|1:32`,
  `a=CRYPTO:2 AES_CM_128_HMAC_SHA1_32 INLINE:${secrets.sdesKey}`,
  `a=acap:1 crypto:1 AES_CM_128_HMAC_SHA1_32 inline:${secrets.sdesKey}`,
  `a=key-mgmt:mikey ${secrets.sdesKey}`,
  `a=ice-pwd:${secrets.icePassword}`,
  "a=candidate:1 1 UDP 2130706431 192.0.2.77 4000 typ host",
  "",
].join("\r\n");

const invite = [
  `INVITE sip:${number}:${secrets.password}@pbx.example.com;user=phone SIP/2.0`,
  "Via: SIP/2.0/UDP 192.0.2.77:5060;branch=z9hG4bK1;received=192.0.2.78;rport=5060",
  `From: "Alice Smith" <sip:alice@192.0.2.77>;tag=1`,
  `To: <sip:${number}@pbx.example.com>`,
  "Call-ID: random@192.0.2.77",
  "CSeq: 1 INVITE",
  `Contact: <sip:alice@192.0.2.77;pn-provider=apns;pn-prid=${secrets.push}>;+sip.instance="<urn:uuid:f81d4fae>"`,
  `Authorization: Digest username="alice", realm="r", nonce="n", uri="sip:${number}@pbx.example.com", response="${secrets.response}", cnonce="${secrets.cnonce}", qop=auth, nc=00000001`,
  `Proxy-Authorization: Bearer ${secrets.bearer}`,
  `Identity: ${secrets.passport}.e30.c2ln;info=<https://cert.example.org/c.cer>`,
  `Refer-To: <sip:boss@pbx.example.com?Authorization=${secrets.header}>`,
  `P-Asserted-Identity: "${number}" <tel:${number}>`,
  `X-Auth-Token: ${secrets.bearer}`,
  `X-Note: reach me at ${number}, password=${secrets.password}`,
  "Content-Type: application/sdp",
];

function bytes(head: readonly string[], body: string): Uint8Array {
  return Buffer.from(
    `${[...head, `Content-Length: ${Buffer.byteLength(body)}`].join("\r\n")}\r\n\r\n${body}`,
    "latin1",
  );
}

function shown(level: MaskLevel, head: readonly string[] = invite, body = sdp): string {
  const result = showMessage(bytes(head, body), createMask(level));
  if (typeof result === "string") throw new Error("the message of the test cannot be read");
  return result.text;
}

const levels = ["off", "numbers", "users", "addresses"] as const;

test.each(levels)("no secret shows with mask %s, wherever it stands", (level) => {
  const text = shown(level);
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
});

test("what each level hides, and that what is left can still be read", () => {
  const [off, numbers, users, addresses] = levels.map((level) => shown(level));
  expect([off?.includes(number), numbers?.includes(number)]).toEqual([true, false]);
  expect([numbers?.includes("alice@"), users?.includes("alice@"), users?.includes("Alice")]).toEqual([
    true,
    false,
    false,
  ]);
  expect([users?.includes("192.0.2.7"), addresses?.includes("192.0.2.7")]).toEqual([true, false]);
  expect(numbers).toContain("INVITE sip:+49301***89:***@pbx.example.com;user=phone SIP/2.0\r\n");
  expect(numbers).toContain('Authorization: Digest username="alice", realm="r", nonce="n", uri="sip:+49301***89@');
  expect(numbers).toContain("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***\r\n");
});

test("the length is that of what shows", () => {
  const text = shown("addresses");
  const [head = "", body = ""] = text.split("\r\n\r\n");
  expect(head.split("\r\n").at(-1)).toBe(`Content-Length: ${body.length}`);
});

test.each([
  ["text/plain", secrets.page],
  ["application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"],
  ["multipart/mixed;boundary=x", `--x\r\nContent-Type: application/sdp\r\n\r\n${sdp}\r\n--x--\r\n`],
  ["application/dialog-info+xml", '<dialog-info entity="sip:1002@x"/>'],
])("a body of %s does not show, only how long it is", (type, body) => {
  const head = [...invite.slice(0, -1), `Content-Type: ${type}`];
  expect(shown("off", head, body).split("\r\n\r\n").slice(1)).toEqual([`[${body.length} octets that are not shown]`]);
});

test("what is no message does not show at all", () => {
  for (const text of [`REGISTER ${secrets.password}`, `Authorization: Digest response="${secrets.response}"`, "\r\n"]) {
    expect(showMessage(Buffer.from(text), createMask("off"))).not.toHaveProperty("text");
  }
});

test("a header that cannot be read as what it is does not show", () => {
  const odd = [
    ...invite.slice(0, 7),
    `Contact: <sip:alice@192.0.2.77>>;${secrets.password}`,
    `Authorization: Digest response="${secrets.response}`,
    `WWW-Authenticate: ${secrets.password}`,
    ...invite.slice(-1),
  ];
  const text = shown("off", odd);
  expect(text).toContain('Contact: ***\r\nAuthorization: Digest response="***"\r\nWWW-Authenticate: ***\r\n');
});

test.each(["rfc4475", "rfc5118"] as const)("what shows of a message of %s is a message of the same kind", (folder) => {
  for (const { bytes } of tortureFolder(folder).files) {
    const before = parseMessage(bytes, "datagram");
    const result = showMessage(bytes, createMask("numbers"));
    if (typeof result === "string") {
      expect(before).toMatchObject({ kind: "failure", code: result });
      continue;
    }
    const after = parseMessage(Buffer.from(result.text, "latin1"), "datagram");
    const { message } = result;
    const { callId, cseq, kind } = message;
    expect(after).toMatchObject({ kind, callId, cseq });
    expect([...message.headers].length).toBeGreaterThan(0);
  }
});

test("threat L14: whatever a peer writes, a title, its notes and its lines stay text of one line each", () => {
  const hostile = [
    "\u001b[2J",
    "\u009b31m",
    "\u0007",
    "<script>",
    "{{x}}",
    "' OR 1=1",
    "%0d%0aBYE",
    "\u00ad",
    "__proto__",
  ];
  for (const text of hostile) {
    const lines = [
      `INVITE sip:600@pbx.example.com SIP/2.0`,
      ...invite.slice(1, 2),
      `From: "${text}" <sip:alice@192.0.2.77>;tag=1`,
      ...invite.slice(3, 6),
      `Subject: ${text}`,
      `User-Agent: ${text}`,
      "Content-Type: application/sdp",
    ];
    const body = `v=0\r\no=- 1 1 IN IP4 192.0.2.77\r\ns=${text}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 96\r\na=rtpmap:96 ${text}/8000\r\n`;
    const place = { address: "192.0.2.77", port: 5_060 };
    const endpoint = { id: "e", role: "access", transport: "udp", local: place, advertised: place } as const;
    const flow = { id: "f", reliable: false, packetSource: place, endpoint, transport: "udp", side: "phone" } as const;
    const octets = bytes(lines, body);
    const seen = { at: 0, direction: "in", flow, callId: "x", call: undefined, bytes: octets } as const;
    const message = traced(seen, createMask("off"));
    const printed = new LadderText((_tone, shownText) => shownText).add(message);
    for (const line of [message.title, message.sdp, ...printed]) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});
