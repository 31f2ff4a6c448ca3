/** What comes in an Identity header, and what a server gives as a certificate: read as values, whatever the octets. */
import { ok } from "node:assert";
import { explain, identityOutcomes, readCredential } from "@ringfence/edge";
import { type Made, makeCertificate } from "../support/certificates.ts";
import { base64url, identity, makeSigner, tnAuthListExtension, x5u } from "../support/stir.ts";
import type { FuzzTarget } from "./fuzz-driver.ts";

const known: ReadonlySet<string> = new Set(identityOutcomes);
const facts = { caller: "4930555000", called: "4930123456", date: "Sat, 13 Nov 2010 23:29:00 GMT" };
const at = 1_289_690_940;
const root: Made = await makeCertificate({ authority: true });
const signer = await makeSigner(root, { entries: [["range", "4930555000", 100]] });
const critical = await makeSigner(root, { entries: [], extensions: [tnAuthListExtension([["one", "1"]], true)] });

const tokens = [
  identity({ key: signer.key, claims: { iat: at } }),
  identity({ key: signer.key, claims: { iat: at, orig: { uri: "sip:a@b" } }, params: `;info=<${x5u}>;ppt="shaken"` }),
  `..${"A".repeat(86)};info=<${x5u}>;alg=ES256`,
  // To another number, and diverted from there.
  [
    identity({ key: signer.key, claims: { iat: at, dest: { tn: ["4930111"] } } }),
    identity({
      key: signer.key,
      header: { ppt: "div" },
      claims: { iat: at, div: { tn: "4930111" } },
      params: `;info=<${x5u}>;ppt=div`,
    }),
  ].join("\n"),
];

/** Whatever the header holds: a token that fits the call, or one outcome of the list; and never a token of another call. */
function headerHolds(input: Uint8Array): void {
  const text = Buffer.from(input).toString("latin1");
  const chain = explain(text.split("\n"), facts, at * 1_000, 60_000);
  if (typeof chain === "string") {
    ok(known.has(chain), chain);
    return;
  }
  ok(chain.at(-1)?.dest.includes(facts.called));
  for (const { orig, signature, iat } of chain) {
    ok(orig === facts.caller && signature.length === 64 && Math.abs(iat - at) <= 60);
  }
}

/** The same behind base64url, where the mutations of a header never get: JSON of any kind. */
function claimsHold(input: Uint8Array): void {
  const text = Buffer.from(input).toString("utf8");
  const [header = "", payload = ""] = text.split("\n");
  const part = (json: string) => base64url(json);
  headerHolds(Buffer.from(`${part(header)}.${part(payload)}.${"A".repeat(86)};info=<${x5u}>;ppt=shaken`, "latin1"));
}

/** Nobody here signs for anybody, so that whatever is read is refused with an outcome of the list. */
function certificateHolds(input: Uint8Array): void {
  const body = Buffer.from(input).toString("base64");
  for (const pem of [Buffer.from(input).toString("latin1"), armoured(body)]) {
    const read = readCredential(pem, []);
    ok(typeof read === "string" && known.has(read));
  }
}

function armoured(body: string): string {
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
}

const json = [
  `{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"${x5u}"}\n{"attest":"A","dest":{"tn":["4930123456"]},"iat":${at},"orig":{"tn":"4930555000"},"origid":"1"}`,
  `{"__proto__":{"alg":"ES256"},"x5u":"${x5u}"}\n{"orig":{"__proto__":{"tn":"1"}},"dest":[[[[]]]]}`,
];

export const identityTargets: readonly FuzzTarget[] = [
  { name: "identity-header", seeds: tokens.map((text) => Buffer.from(text, "latin1")), run: headerHolds },
  { name: "passport-claims", seeds: json.map((text) => Buffer.from(text)), run: claimsHold },
  {
    name: "stir-certificate",
    seeds: [signer, critical, root].map(({ issuer }) => Buffer.from(issuer.certificate.rawData)),
    run: certificateHolds,
  },
];
