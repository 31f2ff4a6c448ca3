/** Tokens that others have written: those of the RFCs, and those of jose. */
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { makeCertificate } from "../../../../test/support/certificates.ts";
import { joseReads, joseSigns } from "../../../../test/support/jose-oracle.ts";
import { identity, makeSigner, now, x5u } from "../../../../test/support/stir.ts";
import { readCredential } from "./credential.ts";
import { readIdentity } from "./identity-header.ts";
import { readPassport } from "./passport.ts";
import { identityValue } from "./sign.ts";
import { chooseIdentity, examine, verifyWith } from "./verify.ts";

const root = await makeCertificate({ authority: true });
const signer = await makeSigner(root);
const credential = readCredential(signer.cert, [new X509Certificate(root.cert)]);
const facts = { caller: "4930555000", called: "4930123456", date: undefined };

function ours(value: string): string {
  const chosen = chooseIdentity([value]);
  const passport = typeof chosen === "string" ? chosen : examine(chosen, facts, Date.now(), 60_000);
  if (typeof passport === "string" || typeof credential === "string") return String(passport);
  return verifyWith(credential, passport, Date.now());
}

const example = "https://cert.example.org/passport.cer";

/** The key of RFC 8225 appendix A, and the token that was made with it in the drafts before: `iat` was text then. */
const appendixKey = createPublicKey(
  "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8HNbQd/TmvCKwPKHkMF9fScavGeH\n78YTU8qLS8I5HLHSSmlATLcslQMhNC/OhlWBYC626nIlo7XeebYS7Sb37g==\n-----END PUBLIC KEY-----",
);
const appendixToken = [
  "eyJhbGciOiJFUzI1NiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly9jZXJ0LmV4YW1wbGUub3JnL3Bhc3Nwb3J0LmNlciJ9",
  "eyJkZXN0Ijp7InVyaSI6WyJzaXA6YWxpY2VAZXhhbXBsZS5jb20iXX0sImlhdCI6IjE0NDMyMDgzNDUiLCJvcmlnIjp7InRuIjoiMTIxNTU1NTEyMTIifX0",
  "rq3pjT1hoRwakEGjHCnWSwUnshd0-zJ6F1VOgFWSjHBr8Qjpjlk-cpFYpFYsojNCpTzO3QfPOlckGaS6hEck7w",
];

test("the signature made with the key of RFC 8225 appendix A is right, and its claims are not what the RFC then asked", () => {
  const [header = "", payload = "", signature = ""] = appendixToken;
  const key = {
    key: appendixKey,
    from: 0,
    until: Date.now() * 2,
    authority: [{ kind: "provider", code: "1" }],
  } as const;
  const passport = {
    signingInput: `${header}.${payload}`,
    signature: Buffer.from(signature, "base64url"),
    x5u: example,
    orig: "12155551212",
    dest: [],
    iat: 1_443_208_345,
    attest: undefined,
    origid: undefined,
    diverted: undefined,
  };
  expect(verifyWith(key, passport, Date.now())).toBe("verified");
  expect(verifyWith(key, { ...passport, signingInput: `${header}.${payload.slice(1)}` }, Date.now())).toBe("signature");
  const read = readIdentity(`${appendixToken.join(".")};info=<${example}>`);
  expect(read !== undefined && readPassport(read)).toBe("unreadable");
});

test("the example of RFC 8588 comes out letter by letter", () => {
  const value = identityValue(
    { key: createPrivateKey(signer.key), x5u: example },
    {
      attest: "A",
      dest: "12125551213",
      iat: 1_443_208_345,
      orig: "12155551212",
      origid: "123e4567-e89b-12d3-a456-426655440000",
    },
  );
  const [header = "", payload = ""] = value.split(".");
  const text = (part: string) => Buffer.from(part, "base64url").toString();
  expect(text(header)).toBe(`{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"${example}"}`);
  expect(text(payload)).toBe(
    '{"attest":"A","dest":{"tn":["12125551213"]},"iat":1443208345,"orig":{"tn":"12155551212"},"origid":"123e4567-e89b-12d3-a456-426655440000"}',
  );
  expect(value.endsWith(`;info=<${example}>;alg=ES256;ppt=shaken`)).toBe(true);
});

test("what we sign, jose verifies, and reads the same claims", async () => {
  const key = createPrivateKey(signer.key);
  for (let n = 0; n < 30; n++) {
    const said = { attest: "B", dest: `4930${n}`, iat: now(), orig: `49301${n}`, origid: `call-${n}` } as const;
    const [token = ""] = identityValue({ key, x5u }, said).split(";");
    const { attest, iat, origid } = said;
    expect(await joseReads(token, signer.cert)).toEqual({
      header: { alg: "ES256", ppt: "shaken", typ: "passport", x5u },
      claims: { attest, iat, origid, dest: { tn: [said.dest] }, orig: { tn: said.orig } },
    });
  }
});

test("what jose signs, we verify", async () => {
  const header = { alg: "ES256", ppt: "shaken", typ: "passport", x5u };
  const claims = { attest: "C", dest: { tn: ["4930123456"] }, iat: now(), orig: { tn: "4930555000" } };
  for (let n = 0; n < 30; n++) {
    const token = await joseSigns({ ...claims, origid: `call-${n}` }, header, signer.key);
    expect(ours(`${token};info=<${x5u}>;ppt=shaken`)).toBe("verified");
  }
});

test("what jose refuses, we refuse: a token changed in any of its characters", async () => {
  const value = identity({ key: signer.key });
  const end = value.indexOf(";");
  expect(ours(value)).toBe("verified");
  let refused = 0;
  for (let at = 0; at < end; at += 3) {
    const changed = `${value.slice(0, at)}${value[at] === "x" ? "y" : "x"}${value.slice(at + 1)}`;
    if ((await joseReads(changed.slice(0, end), signer.cert)) === undefined) refused++;
    expect([at, ours(changed)]).not.toEqual([at, "verified"]);
  }
  expect(refused).toBeGreaterThan(end / 3 - 3);
});
