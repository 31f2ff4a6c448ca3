import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { makeCertificate } from "../../../../test/support/certificates.ts";
import { identity, makeSigner, now, type TnEntry, type TokenWish, x5u } from "../../../../test/support/stir.ts";
import { expandCompact, formatSipDate, readSipDate } from "./compact-form.ts";
import { type Credential, readCredential } from "./credential.ts";
import { readIdentity } from "./identity-header.ts";
import { type CallFacts, chooseIdentity, examine, verifyWith } from "./verify.ts";

const root = await makeCertificate({ authority: true });
const trust = [new X509Certificate(root.cert)];
const signer = await makeSigner(root);
const facts: CallFacts = { caller: "4930555000", called: "4930123456", date: undefined };
const window = 60_000;

function credentialOf(pem: string): Credential {
  const read = readCredential(pem, trust);
  if (typeof read === "string") throw new Error(read);
  return read;
}

/** The whole way, with the signer's certificate at hand. */
function outcome(value: string, more: Partial<CallFacts> = {}, wall = Date.now()) {
  const chosen = chooseIdentity([value]);
  const passport = typeof chosen === "string" ? chosen : examine(chosen, { ...facts, ...more }, wall, window);
  return typeof passport === "string" ? passport : verifyWith(credentialOf(signer.cert), passport, wall);
}

const token = (wish: TokenWish = {}): string => identity({ key: signer.key, ...wish });

test("a right token is verified, whatever its attestation", () => {
  for (const attest of ["A", "B", "C"]) expect(outcome(token({ claims: { attest } }))).toBe("verified");
  expect(outcome(token({ header: { ppt: undefined }, params: `;info=<${x5u}>` }))).toBe("verified");
});

describe("the algorithm is ours to choose (RFC 8725 §3.1)", () => {
  test.each(["none", "None", "HS256", "RS256", "ES384", "PS256", "EdDSA", "", 1, null, ["ES256"]])(
    "%j is refused",
    (alg) => {
      expect(outcome(token({ header: { alg } }))).toBe("algorithm");
    },
  );

  test("the key of the certificate is no shared secret", () => {
    const hmac = signer.cert;
    expect(outcome(identity({ hmac, header: { alg: "HS256" } }))).toBe("algorithm");
    expect(outcome(identity({ hmac }))).toBe("unreadable");
    expect(outcome(token({ params: `;info=<${x5u}>;alg=HS256;ppt=shaken` }))).toBe("algorithm");
  });

  test("no signature at all is none", () => {
    const [head = ""] = token().split(".");
    expect(outcome(`${head}.${head}.;info=<${x5u}>`)).toBe("unreadable");
  });
});

test.each([
  [{ header: { typ: "JWT" } }, "unreadable"],
  [{ header: { crit: ["exp"] } }, "unreadable"],
  [{ header: { ppt: "div" } }, "unreadable"],
  [{ header: { x5u: "https://certificates.example/other.pem" } }, "x5u-differs"],
  [{ header: { x5u: undefined } }, "x5u-differs"],
  [{ claims: { iat: String(now()) } }, "unreadable"],
  [{ claims: { iat: now() + 0.5 } }, "unreadable"],
  [{ claims: { iat: -1 } }, "unreadable"],
  [{ claims: { iat: 1e300 } }, "unreadable"],
  [{ claims: { iat: undefined } }, "unreadable"],
  [{ claims: { orig: { tn: ["4930555000"] } } }, "unreadable"],
  [{ claims: { orig: { uri: "sip:alice@example.com" } } }, "unreadable"],
  [{ claims: { orig: "4930555000" } }, "unreadable"],
  [{ claims: { orig: null } }, "unreadable"],
  [{ claims: { dest: { tn: "4930123456" } } }, "unreadable"],
  [{ claims: { dest: { tn: [] } } }, "unreadable"],
  [{ claims: { dest: { tn: Array(33).fill("4930123456") } } }, "unreadable"],
  [{ claims: { dest: { tn: ["4930123456", {}] } } }, "unreadable"],
  [{ claims: { attest: "a" } }, "unreadable"],
  [{ claims: { attest: undefined } }, "unreadable"],
  [{ claims: { origid: "" } }, "unreadable"],
  [{ claims: { origid: "x".repeat(129) } }, "unreadable"],
  [{ claims: { orig: { tn: "+49 30 555000" } } }, "verified"],
  [{ claims: { dest: { tn: ["1", "4930123456"] } } }, "verified"],
  [{ claims: { orig: { tn: "493055500" } } }, "caller-differs"],
  [{ claims: { dest: { tn: ["49301234567"] } } }, "called-differs"],
] as readonly (readonly [TokenWish, string])[])("%j: %s", (wish, expected) => {
  expect(outcome(token(wish))).toBe(expected);
});

test("the time is within the window, both ways, and exactly (RFC 8224 §6.2 step 4)", () => {
  const at = now();
  const wall = at * 1_000;
  const aged = (iat: number) => outcome(token({ claims: { iat } }), {}, wall);
  expect([at - 61, at - 60, at + 60, at + 61].map(aged)).toEqual(["stale", "verified", "verified", "stale"]);
});

test("a call without a number, or to none, is not the one that was signed", () => {
  expect(examine(readIdentity(token()) as never, { ...facts, caller: undefined }, Date.now(), window)).toBe(
    "caller-differs",
  );
  expect(examine(readIdentity(token()) as never, { ...facts, called: undefined }, Date.now(), window)).toBe(
    "called-differs",
  );
});

test("a token changed in any character is refused", () => {
  const value = token();
  const end = value.indexOf(";");
  for (let at = 0; at < end; at++) {
    const changed = `${value.slice(0, at)}${value[at] === "A" ? "B" : "A"}${value.slice(at + 1)}`;
    expect([at, outcome(changed)]).not.toEqual([at, "verified"]);
  }
});

test.each([
  [[["one", "4930555000"]], "verified"],
  [[["range", "4930555000", 1000]], "verified"],
  [[["one", "4930555001"]], "certificate-number"],
  [
    [
      ["one", "4930555001"],
      ["spc", "1"],
    ],
    "verified",
  ],
] as readonly (readonly [readonly TnEntry[], string])[])(
  "for the numbers of its certificate only: %j, %s",
  async (entries, expected) => {
    const own = await makeSigner(root, { entries });
    const passport = examine(readIdentity(identity({ key: own.key })) as never, facts, Date.now(), window);
    if (typeof passport === "string") throw new Error(passport);
    expect(verifyWith(credentialOf(own.cert), passport, Date.now())).toBe(expected);
  },
);

test.each([
  ["expired", { days: -1 }],
  ["not valid yet", { startsIn: 1, days: 3 }],
])("a certificate that is %s", async (_name, wish) => {
  const own = await makeSigner(root, wish);
  const passport = examine(readIdentity(identity({ key: own.key })) as never, facts, Date.now(), window);
  if (typeof passport === "string") throw new Error(passport);
  expect(verifyWith(credentialOf(own.cert), passport, Date.now())).toBe("certificate-expired");
});

describe("several tokens (RFC 8224 §6.2 step 1)", () => {
  const div = token({ header: { ppt: "div" }, params: `;info=<${x5u}>;ppt=div` });
  const plain = token({ header: { ppt: undefined }, params: `;info=<${x5u}>` });
  const choose = (...values: readonly string[]) => {
    const chosen = chooseIdentity(values);
    return typeof chosen === "string" ? chosen : (chosen.ppt ?? "plain");
  };

  test("kinds that are not known are passed over, shaken comes first", () => {
    expect(choose(div, plain, token())).toBe("shaken");
    expect(choose(div, plain)).toBe("plain");
    expect(choose(div)).toBe("unsupported");
    expect(choose(div, "rubbish")).toBe("unreadable");
    expect(choose()).toBe("absent");
    expect(choose(...Array<string>(9).fill(token()))).toBe("too-many");
  });
});

describe("the compact form (RFC 8225 §7)", () => {
  const iat = now();
  const date = formatSipDate(iat);

  /** Signed over what the call says. */
  function compact(called = "4930123456"): string {
    const bare = { header: "", payload: "", signature: "x", info: x5u, alg: undefined, ppt: undefined };
    const { header, payload } = expandCompact(bare, { orig: "4930555000", dest: called, iat });
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({ alg: "ES256", typ: "passport", x5u });
    const key = signer.key;
    const full = identity({ key, rawHeader: header, rawPayload: payload, params: `;info=<${x5u}>` });
    return `..${full.slice(full.lastIndexOf(".", full.indexOf(";")) + 1)}`;
  }

  test("is verified against the call and its Date", () => {
    expect(outcome(compact(), { date })).toBe("verified");
    expect(outcome(compact(), { date: formatSipDate(iat - 1) })).toBe("signature");
    expect(outcome(compact("4930999"), { date })).toBe("signature");
    expect(outcome(compact())).toBe("unreadable");
    expect(outcome(`${compact()};ppt=shaken`, { date })).toBe("unreadable");
  });

  test.each([
    ["Sat, 13 Nov 2010 23:29:00 GMT", 1_289_690_940],
    ["Sat, 13 Nov 2010 23:29:00 UTC", undefined],
    ["Sat, 31 Feb 2010 23:29:00 GMT", undefined],
    ["Sat, 13 Nov 2010 24:29:00 GMT", undefined],
    ["13 Nov 2010 23:29:00 GMT", undefined],
    ["Sat, 13 Nov 99999 23:29:00 GMT", undefined],
    ["", undefined],
  ])("Date: %s", (text, at) => {
    expect(readSipDate(text)).toBe(at);
  });
});
