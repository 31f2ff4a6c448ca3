import fc from "fast-check";
import { expect, test } from "vitest";
import { formatChallenge, formatCredentials, parseChallenge, parseCredentials } from "./challenge.ts";

const none = { opaque: undefined, domain: undefined };

test("the PBX's challenge is read: MD5, no qop, no opaque, stale from the start", () => {
  const value = 'Digest realm="myvoipapp.com", nonce="69318C2DAFCF4A208C3EC12FC949C016", algorithm=MD5, stale=true';
  expect(parseChallenge(value)).toEqual({
    realm: "myvoipapp.com",
    nonce: "69318C2DAFCF4A208C3EC12FC949C016",
    algorithm: "MD5",
    sess: false,
    qop: [],
    stale: true,
    ...none,
  });
});

test.each([
  ['Digest realm="r", nonce="n"', { algorithm: "MD5", sess: false, qop: [], stale: false }],
  ['digest REALM="r",NONCE="n",QOP="auth, auth-int,new"', { qop: ["auth", "auth-int"] }],
  ['Digest  realm = "r" , nonce = "n" , algorithm=SHA-256-sess', { algorithm: "SHA-256", sess: true }],
  ['Digest realm="r", nonce="n", algorithm=sha-512-256, stale=FALSE', { algorithm: "SHA-512-256", stale: false }],
  [
    'Digest realm="a, \\"b\\"", nonce="", opaque="", domain="sip:x", new="y"',
    { realm: 'a, "b"', nonce: "", opaque: "", domain: "sip:x" },
  ],
])("%s is read", (value, expected) => {
  expect(parseChallenge(value)).toMatchObject(expected);
});

test.each([
  "",
  "Digest",
  "Digest ",
  'Basic realm="r", nonce="n"',
  'Digestrealm="r", nonce="n"',
  'Digest nonce="n"',
  'Digest realm="r"',
  'Digest realm="r", nonce="n", nonce="n"',
  'Digest realm="r", nonce="n", NONCE="m"',
  'Digest realm="r",, nonce="n"',
  'Digest realm="r", nonce="n",',
  'Digest realm="r" x, nonce="n"',
  'Digest realm="r", nonce="n',
  'Digest realm="r", nonce=',
  'Digest realm="r", nonce="n", algorithm=SHA-1',
  'Digest realm="r", nonce="n", qop="new"',
  'Digest realm="r", nonce="n", qop=""',
  'Digest realm="r"; nonce="n"',
  `Digest realm="r", nonce="n"${Array.from({ length: 40 }, (_, index) => `, p${index}=x`).join("")}`,
])("%s is refused", (value) => {
  expect(parseChallenge(value)).toBeUndefined();
});

const response = "0123456789abcdef".repeat(2);
const base = `Digest username="u", realm="r", nonce="n", uri="sip:r", response="${response}"`;

test("credentials without qop are read, and written in the usual form", () => {
  const credentials = parseCredentials(`${base}, algorithm=MD5`);
  expect(credentials).toEqual({
    username: "u",
    realm: "r",
    nonce: "n",
    uri: "sip:r",
    response,
    algorithm: "MD5",
    sess: false,
    cnonce: undefined,
    nc: undefined,
    qop: undefined,
    opaque: undefined,
  });
  expect(credentials === undefined ? "" : formatCredentials(credentials)).toBe(`${base}, algorithm=MD5`);
});

test.each([
  `${base}, qop=auth, nc=00000001, cnonce="c"`,
  `${base}, qop="auth-int", nc=0000000a, cnonce="c", opaque=""`,
  `${base}, algorithm=MD5-sess, cnonce="c"`,
])("%s is read", (value) => {
  expect(parseCredentials(value)).toBeDefined();
});

test.each([
  'Digest realm="r", nonce="n", uri="sip:r"',
  `${base}, qop=auth`,
  `${base}, qop=auth, nc=00000001`,
  `${base}, qop=auth, nc=1, cnonce="c"`,
  `${base}, qop=auth, nc=0000000g, cnonce="c"`,
  `${base}, qop=new, nc=00000001, cnonce="c"`,
  `${base}, algorithm=MD5-sess`,
  `${base}, algorithm=SHA-256`,
  `${base}, userhash=true`,
  `${base}, username="v"`,
  base.replace(response, response.toUpperCase()),
  base.replace(response, `${response}0`),
  base.replace("username", "username*"),
])("%s is refused", (value) => {
  expect(parseCredentials(value)).toBeUndefined();
});

const text = fc.string({ unit: fc.constantFrom(...'aZ0 ,=;:"\\/@<>\xe9'), maxLength: 20 });
const optional = fc.option(text, { nil: undefined });

test("whatever is formatted is read back", () => {
  const algorithm = fc.constantFrom("MD5", "SHA-256", "SHA-512-256" as const);
  const qop = fc.constantFrom([], ["auth"], ["auth-int"], ["auth", "auth-int"] as const);
  const fields = { realm: text, nonce: text, algorithm, sess: fc.boolean(), stale: fc.boolean(), qop };
  fc.assert(
    fc.property(fc.record({ ...fields, opaque: optional, domain: optional }), (generated) => {
      const challenge = generated as Parameters<typeof formatChallenge>[0];
      expect(parseChallenge(formatChallenge(challenge))).toEqual(challenge);
    }),
  );
});

test("any text gives credentials, a challenge or nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'Digest realm=nonce",\\\t'), maxLength: 80 }), (any) => {
      parseChallenge(any);
      parseCredentials(`Digest ${any}`);
    }),
  );
});
