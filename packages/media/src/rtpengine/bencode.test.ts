import { expect, test } from "vitest";
import { type Bencodable, type Bencoded, decode, encode } from "./bencode.ts";

const octets = (text: string) => Buffer.from(text, "latin1");

/** As plain JSON, octet strings as Latin-1 text. */
function plain(value: Bencoded): unknown {
  if (typeof value === "number") return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  return (value as readonly Bencoded[]).map(plain);
}

function read(text: string): unknown {
  const decoded = decode(octets(text));
  return decoded.ok ? plain(decoded.value) : decoded.why;
}

test.each<readonly [string, Bencodable]>([
  ["i0e", 0],
  ["i-7e", -7],
  ["0:", ""],
  ["4:pong", "pong"],
  ["3:\x00\xff\x01", Uint8Array.of(0, 255, 1)],
  ["le", []],
  ["l1:ai1ee", ["a", 1]],
  ["d1:Ai1e1:ale2:aad1:bi2eee", { aa: { b: 2 }, a: [], A: 1 }],
])("%j is written and read back", (text, value) => {
  expect(Buffer.from(encode(value)).toString("latin1")).toBe(text);
  const decoded = decode(encode(value));
  expect(decoded.ok && encode(again(decoded.value))).toEqual(encode(value));
});

function again(value: Bencoded): Bencodable {
  if (typeof value === "number" || value instanceof Uint8Array) return value;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, again(item)]));
  return (value as readonly Bencoded[]).map(again);
}

test("keys without a value are left out", () => {
  expect(Buffer.from(encode({ a: undefined, b: 1 })).toString()).toBe("d1:bi1ee");
});

test("a dictionary whose keys stand in another order is read all the same: rtpengine sorts none", () => {
  expect(read("d6:result4:pong1:ai1ee")).toEqual({ result: "pong", a: 1 });
});

test("names that mean something to an object are keys like any other", () => {
  const decoded = decode(octets("d9:__proto__i1e11:constructori2ee"));
  expect(decoded.ok && [...(decoded.value as ReadonlyMap<string, Bencoded>).keys()]).toEqual([
    "__proto__",
    "constructor",
  ]);
});

test.each([
  ["", "cut-short"],
  ["i", "cut-short"],
  ["i12", "cut-short"],
  ["ie", "bad-integer"],
  ["i-e", "bad-integer"],
  ["i-0e", "bad-integer"],
  ["i01e", "bad-integer"],
  ["i1.5e", "bad-integer"],
  ["i+1e", "bad-integer"],
  ["i9999999999999999e", "bad-integer"],
  ["5:abc", "cut-short"],
  ["01:a", "bad-length"],
  ["1a", "bad-length"],
  ["999999999999999:a", "cut-short"],
  ["-1:a", "bad-token"],
  ["x", "bad-token"],
  ["l", "cut-short"],
  ["li1e", "cut-short"],
  ["d", "cut-short"],
  ["d1:a", "cut-short"],
  ["d1:ae", "bad-token"],
  ["di1ei2ee", "bad-key"],
  ["d1:ai1e1:ai2ee", "duplicate-key"],
  [`d257:${"k".repeat(257)}i1ee`, "bad-key"],
  ["i1ei2e", "trailing"],
  ["4:pong\n", "trailing"],
  [`${"l".repeat(40)}${"e".repeat(40)}`, "too-deep"],
  [`l${"le".repeat(25_000)}e`, "too-many"],
  [`65510:${"a".repeat(65_510)}`, "too-large"],
])("%j is refused as %s", (text, why) => {
  expect(read(text)).toBe(why);
});

test("whatever is cut off anywhere is a value, and never one that was not sent", () => {
  const whole = Buffer.from(encode({ result: "ok", sdp: "v=0", list: [1, -2, { a: "b" }] }));
  for (let length = 0; length < whole.length; length++) expect(decode(whole.subarray(0, length)).ok).toBe(false);
  expect(decode(whole).ok).toBe(true);
});

test("every octet changed to every other one is a value or a failure, never an exception", () => {
  const whole = Buffer.from(encode({ result: "ok", list: [1, -2, { a: "b" }] }));
  for (let at = 0; at < whole.length; at++) {
    for (let octet = 0; octet < 256; octet++) {
      const changed = Buffer.from(whole);
      changed[at] = octet;
      expect(typeof decode(changed).ok).toBe("boolean");
    }
  }
});
