/** Threat L6 at the parser: nothing that could mean two things to two readers becomes a message. */
import { deepStrictEqual } from "node:assert";
import { formatUri, type Message, parseMessage, parseUri, StreamFramer } from "@ringfence/sip";
import { describe, expect, test } from "vitest";
import { model, reserialize } from "../support/sip-model.ts";

const base: readonly (readonly [string, string])[] = [
  ["Via", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnormal;rport"],
  ["From", '"Alice" <sip:alice@example.com>;tag=fromtag'],
  ["To", "<sip:bob@example.com>;tag=totag"],
  ["Contact", "<sip:alice@192.0.2.1:5060>"],
  ["Call-ID", "call-1@192.0.2.1"],
  ["CSeq", "1 INVITE"],
  ["Max-Forwards", "70"],
  ["Route", "<sip:edge.example.com;lr>"],
  ["Expires", "60"],
  ["P-Asserted-Identity", "<sip:alice@example.com>"],
  ["Remote-Party-ID", "<sip:alice@example.com>"],
  ["Diversion", "<sip:carol@example.com>"],
  ["X-Account", "1001"],
  ["P-Charge-Info", "<sip:1001@example.com>"],
  ["Content-Length", "0"],
];
const names = base.map(([name]) => name);
const singletons = ["From", "To", "Call-ID", "CSeq", "Max-Forwards", "Expires", "Content-Length"];
const compact = new Map([
  ["Via", "v"],
  ["From", "f"],
  ["To", "t"],
  ["Contact", "m"],
  ["Call-ID", "i"],
  ["Content-Length", "l"],
]);

/** The base message with the line of one field replaced by whatever `line` makes of it. */
function attacked(name: string, line: (name: string, value: string) => string): Buffer {
  const lines = base.map(([field, value]) => (field === name ? line(field, value) : `${field}: ${value}`));
  return Buffer.from(`INVITE sip:bob@example.com SIP/2.0\r\n${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

function parsed(octets: Buffer): Message | undefined {
  const message = parseMessage(octets, "datagram");
  return message.kind === "failure" ? undefined : message;
}

/**
 * The oracle: refused, or one clear message that reads back the same. Throws by hand: it judges 30,000 messages, and an
 * expectation costs more than a parse.
 */
function oracle(octets: Buffer): Message | undefined {
  const message = parsed(octets);
  if (message === undefined) return undefined;
  const sent = Buffer.from(reserialize(message)).toString("latin1");
  const [head = ""] = sent.split("\r\n\r\n", 1);
  const lines = head.split("\r\n");
  if (lines.some(hasControl)) throw new Error(`a control octet in ${JSON.stringify(sent)}`);
  const sentNames = lines.slice(1).map((line) => line.slice(0, line.indexOf(":")).trim().toLowerCase());
  for (const name of singletons) {
    if (sentNames.filter((sentName) => sentName === name.toLowerCase()).length > 1)
      throw new Error(`more than one ${name} in ${JSON.stringify(sent)}`);
  }
  const again = parseMessage(Buffer.from(sent, "latin1"), "stream");
  if (again.kind === "failure") throw new Error(`${again.text}: ${JSON.stringify(sent)}`);
  deepStrictEqual(model(again), model(message));
  return message;
}

function hasControl(line: string): boolean {
  for (let at = 0; at < line.length; at++) {
    const char = line.charCodeAt(at);
    if ((char < 0x20 && char !== 0x09) || char === 0x7f) return true;
  }
  return false;
}

const places: readonly (readonly [string, (name: string, value: string, octet: string) => string])[] = [
  ["before the name", (name, value, octet) => `${octet}${name}: ${value}`],
  ["inside the name", (name, value, octet) => `${name.slice(0, 1)}${octet}${name.slice(1)}: ${value}`],
  ["after the name", (name, value, octet) => `${name}${octet}: ${value}`],
  ["after the colon", (name, value, octet) => `${name}:${octet}${value}`],
  ["inside the value", (name, value, octet) => `${name}: ${value.slice(0, 9)}${octet}${value.slice(9)}`],
  ["after the value", (name, value, octet) => `${name}: ${value}${octet}`],
  ["after a line end", (name, value, octet) => `${name}: ${value}\r\n${octet}X: 1`],
];

describe.each(names)("%s", (name) => {
  test.each(places)("threat L6: no octet %s makes it mean two things", (_place, put) => {
    for (let octet = 0; octet < 256; octet++) {
      const message = oracle(attacked(name, (field, value) => put(field, value, String.fromCharCode(octet))));
      const forbidden = (octet < 0x20 && octet !== 0x09) || octet === 0x7f;
      if (forbidden && message !== undefined) throw new Error(`octet ${octet} was taken`);
    }
  });

  test("threat L6: any case and the compact form are the same field", () => {
    for (const spelling of [
      name.toLowerCase(),
      name.toUpperCase(),
      compact.get(name),
      compact.get(name)?.toUpperCase(),
    ]) {
      if (spelling === undefined) continue;
      const message = oracle(attacked(name, (_field, value) => `${spelling} \t: ${value}`));
      expect(message?.headers.all(name), spelling).toHaveLength(1);
    }
  });

  test("threat L6: a folded value is one value", () => {
    const message = oracle(attacked(name, (field, value) => `${field}:\r\n ${value.replaceAll(";", "\r\n\t;")}\r\n  `));
    const plain = parsed(attacked(name, (field, value) => `${field}: ${value.replaceAll(";", " ;")}`));
    expect(message?.headers.get(name)).toBe(plain?.headers.get(name));
  });
});

test.each(["From", "To"])("threat L6: no octet around the tag of %s gives it another tag", (name) => {
  for (const marker of [";tag", "tag", "=", "fromtag", "totag"]) {
    for (let octet = 0; octet < 256; octet++) {
      const put = (value: string) => value.replace(marker, `${String.fromCharCode(octet)}${marker}`);
      const message = oracle(attacked(name, (field, value) => `${field}: ${put(value)}`));
      const forbidden = (octet < 0x20 && octet !== 0x09) || octet === 0x7f;
      const there = !(name === "From" ? "totag" : "fromtag").includes(marker) || marker === "tag";
      if (forbidden && there) expect(message, `octet ${octet}`).toBeUndefined();
    }
  }
});

test.each(singletons)("threat L6: a second %s is refused in any spelling", (name) => {
  for (const second of [name, name.toLowerCase(), name.toUpperCase(), compact.get(name), `${name} `, `${name}\t`]) {
    if (second === undefined) continue;
    expect(
      oracle(attacked(name, (field, value) => `${field}: ${value}\r\n${second}: ${value}`)),
      second,
    ).toBeUndefined();
  }
});

test.each([
  ["NUL", "\0"],
  ["CR alone", "\r"],
  ["LF alone", "\n"],
  ["LF fold", "\n "],
  ["LF and a header", "\nX-Injected: 1"],
  ["CR and a header", "\rX-Injected: 1"],
  ["overlong LF", "\xc0\x8a"],
  ["overlong slash", "\xc0\xaf"],
  ["overlong LF in three octets", "\xe0\x80\x8a"],
  ["overlong LF in four octets", "\xf0\x80\x80\x8a"],
])("threat L6: %s in any value is refused", (_what, octets) => {
  for (const name of names) {
    expect(oracle(attacked(name, (field, value) => `${field}: ${value}${octets}`)), name).toBeUndefined();
  }
});

test("threat L6: octets that are no UTF-8 stay octets in a display name and cross unchanged", () => {
  const message = oracle(attacked("From", (field) => `${field}: "J\xfcrgen" <sip:j@example.com>;tag=1`));
  expect(message?.from.displayName).toBe("J\xfcrgen");
});

test.each([
  ["two tags", "<sip:bob@example.com>;tag=a;tag=b"],
  ["two tags in two cases", "<sip:bob@example.com>;tag=a;TAG=b"],
  ["a quoted tag", '<sip:bob@example.com>;tag="a"'],
  ["an empty tag", "<sip:bob@example.com>;tag="],
  ["a tag without value", "<sip:bob@example.com>;tag"],
  ["two addresses", "<sip:bob@example.com>;tag=a, <sip:eve@example.com>;tag=b"],
  ["an address after the address", "<sip:bob@example.com> <sip:eve@example.com>;tag=a"],
  ["two at signs", "sip:bob@example.com@evil.example;tag=a"],
])("threat L6: To with %s is refused", (_what, value) => {
  expect(oracle(attacked("To", (field) => `${field}: ${value}`))).toBeUndefined();
});

test.each(["+0", "-0", " 0 0", "0x0", "0,0", "0.0", "1e0", "\u00b2", "five", "", "99999999999999999999"])(
  "threat L6: Content-Length %j is refused by parser and framer alike",
  (value) => {
    const octets = attacked("Content-Length", (field) => `${field}: ${value}`);
    expect(parseMessage(octets, "datagram").kind).toBe("failure");
    expect(new StreamFramer().push(octets)).toMatchObject([{ kind: "broken" }]);
  },
);

test("threat L6: every spelling of one user is one user", () => {
  for (const user of ["bob", "%62ob", "b%6fb", "b%6Fb", "%62%6f%62"]) {
    const uri = parseUri(`sip:${user}@example.com`);
    expect(uri?.kind === "sip" && [uri.user, formatUri(uri)]).toEqual(["bob", "sip:bob@example.com"]);
  }
});
