/** Where the certificate of the setup comes from: the authority of the house, whose key every backup has, or certbot (a script here). */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newKey } from "../backup/new-key.ts";
import { readEnvironment } from "../environment.ts";
import { openSealed } from "../sealed-file.ts";
import type { Site } from "./acts.ts";
import { fetchCertificate, makeCertificates, sealAuthority, sealedKey } from "./certificate.ts";
import { configurationOf } from "./configuration.ts";
import type { Answers } from "./question.ts";

let dir: string;
let said: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-setup-"));
  said = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

const text = (name: string): string => readFileSync(join(dir, name), "utf8");

function site(given: Readonly<Record<string, string>>): Site {
  const answers: Answers = new Map(Object.entries({ domains: "pbx.example.com", ...given }));
  const silent = {
    out() {},
    err() {},
    bold: String,
    tinted: (_: unknown, it: string) => it,
    problem() {},
    warning() {},
  };
  return {
    ...{ config: join(dir, "ringfence.yaml"), stateDir: dir, namedStateDir: undefined, file: undefined, answers },
    context: { environment: readEnvironment({}), terminal: silent },
    say: (line) => said.push(line),
  };
}

test("a certificate for another name is signed by the authority that the phones trust already", async () => {
  await makeCertificates(site({ certificate: "internal" }));
  const [ca, edge] = [text("certificates/phones-ca.pem"), text("certificates/edge.pem")];
  await makeCertificates(site({ certificate: "internal" }));
  expect(text("certificates/edge.pem")).toBe(edge);
  await makeCertificates(site({ certificate: "internal", domains: "sip.example.com" }));
  expect(text("certificates/edge.pem")).not.toBe(edge);
  expect(text("certificates/phones-ca.pem")).toBe(ca);
});

test("the authority's key is kept where backups take it, and only their key opens it", async () => {
  const keys = await newKey();
  const given = site({ certificate: "internal", backup_key: keys.recipient });
  await makeCertificates(given);
  await sealAuthority(given);
  const pieces: Uint8Array[] = [];
  for await (const piece of openSealed(join(dir, sealedKey), [keys.secret])) pieces.push(piece);
  expect(Buffer.concat(pieces).toString()).toBe(text("secrets/phones-ca.key"));
  expect(text(sealedKey)).not.toContain("PRIVATE KEY");
});

const byCertbot = { certificate: "acme", acme_email: "noc@example.com", pbx: "10.0.0.5", phones_from: "10.0.0.2" };

/** Stands for certbot. */
function script(body: string): string {
  const path = join(dir, "certbot");
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

function configured(given: Readonly<Record<string, string>>): Site {
  const made = site({ ...byCertbot, ...given });
  writeFileSync(made.config, configurationOf(made.answers, { stateDir: undefined, also: {} }));
  return made;
}

test("certbot is run when that was agreed to, and what it brought is there", async () => {
  mkdirSync(join(dir, "certificates"));
  const certbot = script(`printf '%s\\n' "$@" > ${dir}/asked; : > ${dir}/certificates/edge.pem`);
  expect(await fetchCertificate(configured({ acme_run: "yes" }), certbot)).toBe(true);
  expect(text("asked")).toContain("--domain\npbx.example.com\n");
});

test.each([
  ["fails", "exit 1", "yes", "does port 80/tcp?"],
  ["was not agreed to", ": > asked-although-not-agreed", "no", "not there yet"],
])("when it %s the command is said, to be run by hand", async (_what, body, agreed, words) => {
  expect(await fetchCertificate(configured({ acme_run: agreed }), script(body))).toBe(false);
  expect(said.join("\n")).toContain(words);
  expect(said.at(-1)).toMatch(/^ {2}certbot certonly .*--domain pbx\.example\.com --deploy-hook '/u);
});

test("where there is no certbot it is said how to get it", async () => {
  expect(await fetchCertificate(configured({ acme_run: "yes" }), undefined)).toBe(false);
  expect(said[0]).toBe("certbot is not installed: apt install certbot");
});
