/** Calls of the PBX to carriers that want signed numbers: which attestation, for which number, and when none. */
import { createPublicKey, verify } from "node:crypto";
import type { Request } from "@ringfence/sip";
import { expect, test } from "vitest";
import { dial, threeHosts } from "../support/carrier-call.ts";
import { makeCertificate } from "../support/certificates.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inviteLines, offer, replyLines } from "../support/sip-script.ts";
import { makeSigner } from "../support/stir.ts";

const authority = await makeCertificate({ authority: true });
const signer = await makeSigner(authority);
const x5u = "https://ours.example/stir.pem";

const config = (rest = ""): string => `
certificates: { stir: { cert: s.pem, key: { file: s.key } } }
stir: { sign: { certificate: stir, x5u: "${x5u}", numbers: ["+49301000*"]${rest} } }
`;

const german = 'numbers: { format: e164, country_code: "49", tech_prefix: "99" }';
const trunk = (rest: string): string => `
  - name: carrier
    hosts: [{ uri: "sip:198.51.100.7" }]
${rest}
`;

function world(rest = `    ${german}\n    identity: { sign: true }`, more = ""): EdgeWorld {
  return new EdgeWorld(config(more), { trunks: trunk(rest), signingKey: signer.key });
}

/** The INVITE that the carrier gets. */
function carried(site: EdgeWorld, from: string, number: string, extra: readonly string[] = []): Request {
  const pbx = site.pbx("trunks");
  const callId = `dialled-${site.sent.length}`;
  const lines = inviteLines(pbx, { to: `sip:${number}@10.0.0.3`, from: `<sip:${from}@10.0.0.5>`, callId, extra });
  pbx.send([...lines, "Content-Type: application/sdp"], offer);
  return site.carrier().request("INVITE").message;
}

interface Token {
  readonly header: unknown;
  readonly claims: { readonly iat: number; readonly origid: string; readonly attest: string };
  readonly params: string;
  readonly right: boolean;
}

function tokenOf(invite: Request): Token | undefined {
  const [token = "", ...params] = invite.headers.get("Identity")?.split(";") ?? [];
  const [header = "", payload = "", signature = ""] = token.split(".");
  if (token === "") return undefined;
  const read = (text: string) => JSON.parse(Buffer.from(text, "base64url").toString());
  const key = { key: createPublicKey(signer.cert), dsaEncoding: "ieee-p1363" } as const;
  const right = verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"));
  return { header: read(header), claims: read(payload), params: params.join(";"), right };
}

test("a number of ours is signed with A, in canonical form and without the technical prefix (RFC 8224 §8.3, RFC 8588)", () => {
  const invite = carried(world(), "+49301000123", "0301234567");
  expect(invite.requestUri.raw).toContain("sip:99+49301234567@");
  const token = tokenOf(invite);
  expect(token).toMatchObject({
    header: { alg: "ES256", ppt: "shaken", typ: "passport", x5u },
    claims: { attest: "A", dest: { tn: ["49301234567"] }, orig: { tn: "49301000123" } },
    params: `info=<${x5u}>;alg=ES256;ppt=shaken`,
    right: true,
  });
  expect(token?.claims.origid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  // RFC 8224 §6.1 step 3: Date, and the same time.
  expect(Date.parse(invite.headers.get("Date") ?? "") / 1_000).toBe(token?.claims.iat);
});

test("another's number is B, and C when the PBX forwards the call", () => {
  const site = world();
  expect(tokenOf(carried(site, "+33123456789", "+4915112345"))?.claims.attest).toBe("B");
  const forwarded = ["Diversion: <sip:+49301000123@10.0.0.5>;reason=unconditional"];
  expect(tokenOf(carried(site, "+33123456789", "+4915112345", forwarded))?.claims.attest).toBe("C");
  expect(
    site.outputs.flatMap((o) => (o.kind === "count" && o.count.name === "identity_signatures" ? [o.count] : [])),
  ).toEqual([
    { name: "identity_signatures", trunk: "carrier", attest: "B" },
    { name: "identity_signatures", trunk: "carrier", attest: "C" },
  ]);
});

test("the configuration may attest less, and numbers that a carrier delivers are ours unless anybody's would be", () => {
  const less = world(`    ${german}\n    identity: { sign: true }`, ", attest: { own: B, other: C }");
  expect(tokenOf(carried(less, "+49301000123", "+4915112345"))?.claims.attest).toBe("B");
  expect(tokenOf(carried(less, "+33123456789", "+4915112345"))?.claims.attest).toBe("C");
  const dids = world(`    ${german}\n    identity: { sign: true }\n    inbound: { did: ["+3312345????", "*"] }`);
  expect(tokenOf(carried(dids, "+33123456789", "+4915112345"))?.claims.attest).toBe("A");
  expect(tokenOf(carried(dids, "+44123456789", "+4915112345"))?.claims.attest).toBe("B");
});

test("nothing is signed without a number, for a caller who hides it, for 112, or for a carrier that wants none", () => {
  const site = world();
  expect(tokenOf(carried(site, "anonymous", "+4915112345"))).toBeUndefined();
  expect(tokenOf(carried(site, "+49301000123", "+4915112345", ["Privacy: id"]))).toBeUndefined();
  expect(tokenOf(carried(site, "+49301000123", "112"))).toBeUndefined();
  expect(tokenOf(carried(world(`    ${german}`), "+49301000123", "+4915112345"))).toBeUndefined();
});

test("what the PBX says of identity itself does not cross", () => {
  const invite = carried(world(`    ${german}`), "+49301000123;verstat=TN-Validation-Passed", "+4915112345", [
    "Identity: a.b.c;info=<https://pbx.example/>",
    "Date: Sat, 13 Nov 2010 23:29:00 GMT",
  ]);
  expect(invite.headers.has("Identity")).toBe(false);
  expect(invite.headers.has("Date")).toBe(false);
  expect(invite.headers.get("From")).not.toContain("verstat");
});

test("the next host gets a token of its own", () => {
  const trunks = threeHosts("    identity: { sign: true }");
  const site = new EdgeWorld(config(), { trunks, signingKey: signer.key });
  dial(site);
  const first = site.carrier("198.51.100.1");
  const invite = first.request("INVITE").message;
  first.send(replyLines(invite, "503 Service Unavailable"));
  const again = site.carrier("198.51.100.2").request("INVITE").message;
  expect(tokenOf(again)).toMatchObject({ right: true });
  expect(again.headers.get("Identity")).not.toBe(invite.headers.get("Identity"));
});
