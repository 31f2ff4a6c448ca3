import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { type Made, makeCertificate } from "../../../../test/support/certificates.ts";
import { extension, makeSigner, tnAuthListExtension } from "../../../../test/support/stir.ts";
import { readCredential } from "./credential.ts";

const root = await makeCertificate({ authority: true });
const trust = [new X509Certificate(root.cert)];
const read = (...chain: readonly Made[]) => readCredential(chain.map(({ cert }) => cert).join("\n"), trust);

test("signed by an authority, or by one below it, whatever the order and the text around", async () => {
  const below = await makeCertificate({ authority: true, by: root, days: 5 });
  const signer = await makeSigner(below);
  expect(read(await makeSigner(root))).toMatchObject({ authority: [{ kind: "provider", code: "709J" }] });
  const chained = read(signer, await makeCertificate({}), below);
  // The chain is valid as long as its shortest link.
  expect(chained).toMatchObject({ until: new X509Certificate(below.cert).validToDate.getTime() });
  expect(readCredential(`a signer:\r\n${signer.cert}garbage${below.cert}`, trust)).toEqual(chained);
});

test.each([
  ["", "certificate-unreadable"],
  ["-----BEGIN CERTIFICATE-----", "certificate-unreadable"],
  ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "certificate-unreadable"],
  [root.key, "certificate-unreadable"],
  [root.cert.repeat(6), "certificate-unreadable"],
  [root.cert, "certificate-key"],
])("%#: %s", (pem, outcome) => {
  expect(readCredential(pem, trust)).toBe(outcome);
});

test("of nobody known, by somebody who may not sign certificates, or with a name that is not the signer's", async () => {
  const stranger = await makeCertificate({ authority: true });
  const noAuthority = await makeSigner(root);
  expect(read(await makeSigner(stranger))).toBe("certificate-untrusted");
  expect(read(await makeSigner(stranger), stranger)).toBe("certificate-untrusted");
  expect(read(await makeSigner(noAuthority), noAuthority)).toBe("certificate-untrusted");
  const forged = { ...stranger, issuer: { ...stranger.issuer, certificate: root.issuer.certificate } };
  expect(read(await makeSigner(forged))).toBe("certificate-untrusted");
  expect(readCredential((await makeSigner(root)).cert, [])).toBe("certificate-untrusted");
});

test("a path length is kept (RFC 5280 §4.2.1.9)", async () => {
  const narrow = await makeCertificate({ authority: true, by: root, pathLength: 0 });
  const wide = await makeCertificate({ authority: true, by: root, pathLength: 1 });
  for (const [middle, good] of [
    [narrow, false],
    [wide, true],
  ] as const) {
    const lower = await makeCertificate({ authority: true, by: middle });
    expect(typeof read(await makeSigner(lower), lower, middle) !== "string").toBe(good);
    expect(typeof read(await makeSigner(middle), middle) !== "string").toBe(true);
  }
});

test("another curve, no list of numbers, two of them, or a critical extension that nobody keeps", async () => {
  const wish = (extensions: readonly ReturnType<typeof extension>[]) => makeSigner(root, { entries: [], extensions });
  expect(read(await makeSigner(root, { curve: "P-384" }))).toBe("certificate-key");
  expect(read(await makeSigner(root, { authority: true }))).toBe("certificate-key");
  expect(read(await wish([]))).toBe("certificate-number");
  const list = tnAuthListExtension([["one", "4930"]], true);
  expect(read(await wish([list]))).toMatchObject({ authority: [{ kind: "range", start: "4930", count: 1 }] });
  expect(read(await wish([list, list]))).toBe("certificate-unreadable");
  const unknown = (critical: boolean) => extension("1.2.3.4", critical, Buffer.of(0x05, 0x00));
  expect(read(await wish([list, unknown(true)]))).toBe("certificate-unreadable");
  expect(read(await wish([list, unknown(false)]))).toMatchObject({ authority: [{ kind: "range" }] });
  const constrained = await makeCertificate({ authority: true, by: root, extensions: [unknown(true)] });
  expect(read(await makeSigner(constrained), constrained)).toBe("certificate-untrusted");
});

test("a certificate changed in any octet is no credential", async () => {
  const signer = await makeSigner(root);
  const raw = new X509Certificate(signer.cert).raw;
  for (let at = 0; at < raw.length; at++) {
    const octets = Buffer.from(raw);
    octets[at] = (octets[at] ?? 0) ^ 1;
    const pem = `-----BEGIN CERTIFICATE-----\n${octets.toString("base64")}\n-----END CERTIFICATE-----`;
    expect([at, typeof readCredential(pem, trust)]).toEqual([at, "string"]);
  }
});
