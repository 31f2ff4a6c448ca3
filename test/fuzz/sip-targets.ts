/** The invariants of parser, serialiser, framer and value parsers, as fuzz targets. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import {
  checkRequest,
  checkResponse,
  formatNameAddr,
  formatUri,
  formatVia,
  type Message,
  type Part,
  parseContacts,
  parseMessage,
  parseNameAddr,
  parseUri,
  parseVia,
  readMultipart,
  responseTo,
  responseToEcho,
  StreamFramer,
  serializeResponse,
  standardMethods,
  withSession,
} from "@ringfence/sip";
import { forms, model, reserialize } from "../support/sip-model.ts";
import { tortureFolder } from "../support/torture.ts";
import type { FuzzTarget } from "./fuzz-driver.ts";

const seeds = [...tortureFolder("rfc4475").files, ...tortureFolder("rfc5118").files].map(({ bytes }) => bytes);
const packetSource = { address: "2001:db8::66", port: 5066 };
const facts = { methods: standardMethods, extensions: new Set(["replaces"]) };

/** Whatever comes in: a value comes out, it can be answered, and what we would write reads back as the same message. */
export function parserHolds(input: Uint8Array): void {
  for (const framing of ["datagram", "stream"] as const) {
    const parsed = parseMessage(input, framing);
    if (parsed.kind !== "failure") {
      messageHolds(parsed);
    } else if (parsed.verdict.act === "reject") {
      ok(parsed.echo !== undefined, "a refusal that cannot be sent");
      clean(
        serializeResponse(responseToEcho(parsed.echo, parsed.verdict.status, { packetSource, toTag: "t" }), "compact"),
      );
    }
  }
}

function messageHolds(message: Message): void {
  const described = withSession(message);
  strictEqual(withSession(described), described);
  if (message.kind === "response") checkResponse(message);
  else {
    const failure = checkRequest(message, facts);
    clean(
      serializeResponse(
        responseTo(message, failure?.status ?? 200, { packetSource, toTag: "t", headers: failure?.headers }),
      ),
    );
  }
  for (const [form, framing] of forms) {
    const octets = reserialize(message, form);
    clean(octets.subarray(0, octets.length - message.body.length));
    const again = parseMessage(octets, framing);
    if (again.kind === "failure") throw new Error(`our own message does not parse: ${again.text}`);
    deepStrictEqual(model(again), model(message));
    if (framing === "datagram") continue;
    const framed = new StreamFramer().push(octets);
    deepStrictEqual(
      framed.map(({ kind }) => kind),
      ["message"],
    );
  }
}

/** No control character but paired CRLF and HTAB. */
function clean(octets: Uint8Array): void {
  let previous = 0;
  for (const octet of octets) {
    const paired = (octet === 0x0d && previous !== 0x0d) || (octet === 0x0a && previous === 0x0d);
    ok((octet >= 0x20 && octet !== 0x7f) || octet === 0x09 || paired, `octet ${octet} in what we send`);
    previous = octet;
  }
}

/** Chunks do not matter, and the framer cuts where the parser ends: the two never disagree about Content-Length. */
export function framerHolds(input: Uint8Array): void {
  const whole = new StreamFramer().push(input);
  const single = new StreamFramer();
  const pieces = [];
  for (let at = 0; at < input.length; at++) pieces.push(...single.push(input.subarray(at, at + 1)));
  deepStrictEqual(pieces, [...whole]);
  ok(single.buffered <= 65_536);
  for (const framed of whole) {
    if (framed.kind !== "message") continue;
    const parsed = parseMessage(framed.bytes, "stream");
    if (parsed.kind === "failure") ok(!framingCodes.has(parsed.code), `framed, but ${parsed.code}`);
    const datagram = parseMessage(
      Buffer.concat([framed.bytes, Buffer.from("OPTIONS sip:x SIP/2.0\r\n\r\n")]),
      "datagram",
    );
    if (parsed.kind === "failure" || datagram.kind === "failure") strictEqual(parsed.kind, datagram.kind);
    else deepStrictEqual(model(parsed), model(datagram));
  }
}

const framingCodes: ReadonlySet<string> = new Set([
  "body-long",
  "body-short",
  "content-length",
  "content-length-conflict",
  "content-length-missing",
  "empty",
  "head-unfinished",
  "message-too-large",
]);

/** Values read alone: what was rebuilt reads back the same. */
export function valuesHold(input: Uint8Array): void {
  const text = Buffer.from(input).toString("latin1");
  const uri = parseUri(text);
  if (uri !== undefined) {
    const { raw: _raw, ...rest } = uri;
    const { raw: _again, ...second } = parseUri(formatUri(uri)) ?? { raw: "" };
    if (uri.kind !== "other") deepStrictEqual(second, rest);
  }
  const name = parseNameAddr(text);
  if (name !== undefined) {
    const again = parseNameAddr(formatNameAddr(name));
    deepStrictEqual(
      [again?.displayName ?? "", again?.tag, again?.params],
      [name.displayName ?? "", name.tag, name.params],
    );
  }
  const via = parseVia(text);
  if (via !== undefined) deepStrictEqual({ ...parseVia(formatVia(via)), raw: "" }, { ...via, raw: "" });
  parseContacts([text]);
}

/** Parts in order, inside what was given, few; what was whole and is put together again reads back the same. */
function multipartHolds(input: Uint8Array): void {
  for (const boundary of ["b", "b--b", Buffer.from(input.subarray(2, 12)).toString("latin1")]) {
    const { parts, whole } = readMultipart(input, boundary);
    ok(parts.length <= 8);
    let end = input.byteOffset;
    for (const { body } of parts) {
      ok(body.buffer === input.buffer && body.byteOffset >= end, "a part outside its place");
      end = body.byteOffset + body.byteLength;
    }
    ok(end <= input.byteOffset + input.byteLength, "a part beyond the end");
    if (!whole) continue;
    const lines = parts.map(({ headers, body }) => {
      const fields = [...headers].map(({ name, value }) => `${name}: ${value}\r\n`).join("");
      return `--${boundary}\r\n${fields}\r\n${Buffer.from(body).toString("latin1")}\r\n`;
    });
    const again = readMultipart(Buffer.from(`${lines.join("")}--${boundary}--`, "latin1"), boundary);
    strictEqual(again.whole, true);
    deepStrictEqual(again.parts.map(plain), parts.map(plain));
  }
}

function plain({ headers, body }: Part) {
  return { headers: [...headers], body: Buffer.from(body).toString("latin1") };
}

const multiparts = [
  "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b\r\nc: application/pidf+xml\r\n\r\n<p/>\r\n--b--\r\nepilogue",
  "preamble\r\n--b--b \t\r\n\r\n\r\n--b--b\r\nContent-Disposition: signal;\r\n handling=required\r\n\r\n\x01\0\xff\r\n--b--b--",
  `${"--b\r\n\r\nx\r\n".repeat(9)}--b--`,
  "--bb\r\n\r\n--b\r\n\r\n--b-\r\n--bb--\r\n--b--",
].map((text) => Buffer.from(text, "latin1"));

const values = [
  "sip:alice:pw%20@[2001:db8::1]:5061;transport=tls;lr;%6Cr=1?Subject=x&Route=%3Csip:a%3E",
  "sips:+44-20%2B@host.example.com;user=phone",
  "tel:+44-20-7946-0123;phone-context=example.com;isub=1",
  '"A \\"B\\" C" <sip:a;b=c%40d@e.example>;tag=abc;q="x;y,z"',
  "token words <urn:service:sos>;expires=60",
  "sip:bare@example.com;tag=1;x=[::1]",
  "SIP / 2.0 / TLS host.example.com : 5061 ;branch=z9hG4bKx;rport;received=2001:db8::1",
  "SIP/2.0/UDP [::ffff:192.0.2.1]:5060;branch=z9hG4bKabc;ttl=1",
].map((text) => Buffer.from(text, "latin1"));

export const sipTargets: readonly FuzzTarget[] = [
  { name: "sip-parser", seeds, run: parserHolds },
  { name: "sip-framer", seeds: [...seeds, ...seeds.map((seed) => Buffer.concat([seed, seed]))], run: framerHolds },
  { name: "sip-values", seeds: values, run: valuesHold },
  { name: "sip-multipart", seeds: multiparts, run: multipartHolds },
];
