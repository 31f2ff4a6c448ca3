import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepSelfSigned } from "./self-signed.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence cert "));
});
afterEach(() => rmSync(dir, { recursive: true }));

const names = ["sbc.example.com", "192.0.2.1", "2001:db8::1"];

test("the certificate is valid for host name and addresses and matches its key", async () => {
  const pair = await keepSelfSigned(dir, names);
  const certificate = new X509Certificate(pair.cert);
  expect(certificate.checkHost("sbc.example.com")).toBe("sbc.example.com");
  expect(certificate.checkIP("192.0.2.1")).toBe("192.0.2.1");
  expect(certificate.checkIP("2001:db8::1")).toBe("2001:db8::1");
  expect(certificate.checkPrivateKey(createPrivateKey(pair.key))).toBe(true);
  expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
});

test("a second start uses the same certificate", async () => {
  const first = await keepSelfSigned(dir, names);
  expect(await keepSelfSigned(dir, names)).toEqual(first);
});

test("only the owner can read the key", async () => {
  await keepSelfSigned(dir, names);
  expect(statSync(join(dir, "self-signed.key")).mode & 0o777).toBe(0o600);
});

const reasons: readonly (readonly [string, (first: { cert: string }) => Promise<{ cert: string }>])[] = [
  ["the machine has a new address", () => keepSelfSigned(dir, [...names, "192.0.2.77"])],
  ["it says more than it should", () => keepSelfSigned(dir, names.slice(1))],
  ["it is about to expire", () => keepSelfSigned(dir, names, Date.now() + 380 * 86_400_000)],
  [
    "the key file is damaged",
    () => {
      writeFileSync(join(dir, "self-signed.key"), "nonsense");
      return keepSelfSigned(dir, names);
    },
  ],
];

test.each(reasons)("a new certificate is made when %s", async (_why, again) => {
  const first = await keepSelfSigned(dir, names);
  expect((await again(first)).cert).not.toBe(first.cert);
});
