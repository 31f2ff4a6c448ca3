import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CertificateConfig, Config } from "@ringfence/policy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeCertificate } from "../../../test/support/certificates.ts";
import { type Certificates, loadAuthorities, loadCertificates } from "./certificates.ts";
import type { Environment } from "./environment.ts";
import { type KeyPair, keepSelfSigned } from "./self-signed.ts";

let dir: string;
let first: KeyPair;
const environment: Environment = {
  runtimeDir: "",
  userStateDir: "",
  noColour: true,
  userName: "test",
  secret: (name) => (name === "EDGE_KEY" ? first.key : undefined),
};

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-certificates-"));
  first = await keepSelfSigned(dir, ["a.example.com"]);
  write("edge.pem", first.cert);
  write("edge.key", first.key);
});
afterEach(() => rmSync(dir, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(join(dir, name), text, { mode: 0o600 });
}

const edge: CertificateConfig = { cert: "edge.pem", key: { kind: "file", path: "edge.key" } };

/** Only what the loader looks at. */
function config(certificate: CertificateConfig | undefined, signsWith?: string): Config {
  const certificates = new Map(certificate === undefined ? [] : [["edge", certificate]]);
  return {
    certificates,
    pbx: { transport: "udp" },
    stir: { sign: signsWith && { certificate: signsWith } },
    phones: { listen: [{ transport: "tls", certificate: certificate && "edge" }] },
  } as unknown as Config;
}

const noSelfSigned = (): Promise<KeyPair> => Promise.reject(new Error("no self-signed certificate is needed"));
const load = (certificate: CertificateConfig) => loadCertificates(config(certificate), dir, environment, noSelfSigned);

test("a pair is loaded under its name, relative to the configuration file", async () => {
  expect((await load(edge)).tls("edge")).toEqual(first);
});

test("a key may come from the environment", async () => {
  expect((await load({ ...edge, key: { kind: "env", name: "EDGE_KEY" } })).tls("edge").key).toBe(first.key);
});

test("a listener without a certificate gets the self-signed one", async () => {
  const loaded = await loadCertificates(config(undefined), dir, environment, async () => first);
  expect(loaded.tls(undefined)).toBe(first);
});

test("calls are signed with an EC key on P-256, and any other is refused before the start", async () => {
  const own = (): Promise<Certificates> => loadCertificates(config(edge, "edge"), dir, environment, noSelfSigned);
  expect((await own()).tls("edge")).toEqual(first);
  const other = await makeCertificate({ curve: "P-384" });
  write("edge.pem", other.cert);
  write("edge.key", other.key);
  await expect(own()).rejects.toMatchObject({ code: "certificate-bad", message: expect.stringContaining("signed") });
});

test("a renewed file changes the digest", async () => {
  const before = (await load(edge)).digest;
  rmSync(join(dir, "self-signed.pem"));
  const second = await keepSelfSigned(dir, ["b.example.com"]);
  write("edge.pem", second.cert);
  write("edge.key", second.key);
  expect((await load(edge)).digest).not.toBe(before);
});

const refusals: readonly (readonly [string, CertificateConfig, string, string])[] = [
  ["a missing file", { ...edge, cert: "nowhere.pem" }, "certificate-unreadable", "does not exist"],
  ["a missing variable", { ...edge, key: { kind: "env", name: "NOPE" } }, "secret-missing", "NOPE is not set"],
  ["a file that is no certificate", { ...edge, cert: "edge.key" }, "certificate-bad", "no PEM certificate"],
  [
    "a file that is no key",
    { ...edge, key: { kind: "file", path: "edge.pem" } },
    "certificate-bad",
    "no PEM private key",
  ],
];

test.each(refusals)("%s is refused", async (_what, certificate, code, text) => {
  const error = await load(certificate).catch((e: unknown) => e);
  expect(error).toMatchObject({ code });
  expect(String(error)).toContain(text);
});

test("threat L9: a key that does not belong to its certificate is refused", async () => {
  rmSync(join(dir, "self-signed.pem"));
  write("edge.key", (await keepSelfSigned(dir, ["other.example.com"])).key);
  await expect(load(edge)).rejects.toMatchObject({ code: "certificate-bad" });
});

test("a key that everybody can read is a warning", async () => {
  chmodSync(join(dir, "edge.key"), 0o644);
  expect((await load(edge)).warnings).toEqual([expect.stringContaining("can be read by every user")]);
});

test("a file of authorities is taken whole: one broken certificate in it is an authority that would be missing", async () => {
  const { cert } = await makeCertificate({ authority: true });
  const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const named = {
    pbx: { tls: {} },
    trunks: [],
    policy: {},
    logs: {},
    capture: {},
    alerts: [],
    stir: { trust: "sti.pem", x5uHosts: [{ host: "a.example", ca: "web.pem" }] },
  };
  const read = () => loadAuthorities(named as unknown as Config, dir);
  write("sti.pem", `${cert}${cert}`);
  write("web.pem", cert);
  expect([...read().keys()]).toEqual(["sti.pem", "web.pem"]);
  write("sti.pem", `${cert}${broken}`);
  expect(read).toThrow(expect.objectContaining({ code: "certificate-bad" }));
});
