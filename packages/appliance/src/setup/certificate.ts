/** The certificate of the listeners: by an authority of this house, or fetched by certbot. Whoever has files of their own is left alone. */
import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, join } from "node:path";
import { certbotCommand, quotedForShell } from "../acme/certbot-command.ts";
import { readConfigFile } from "../config-file.ts";
import { runCertbot } from "../io/certbot.ts";
import { ownAddress } from "../own-address.ts";
import { giveLikeFolder } from "../ownership.ts";
import { writeSealed } from "../sealed-file.ts";
import type { Site } from "./acts.ts";
import { certificateNames } from "./configuration.ts";
import { type Authority, makeAuthority } from "./internal-ca.ts";
import { readText, writeWhole } from "./kept-files.ts";
import { isGiven } from "./question.ts";

const day = 86_400_000;
const fewDays = 30 * day;
/** In the state folder, so that backups have it. */
export const sealedKey = "phones-ca.key.age";

const caPlace = (config: string): string => join(dirname(config), "certificates", "phones-ca.pem");
const keyPlace = (config: string): string => join(dirname(config), "secrets", "phones-ca.key");

/** Files of the internal authority, where they are wanted and not there, or no longer good for these names. */
export async function makeCertificates(site: Site): Promise<void> {
  const { config, answers, say } = site;
  const kind = answers.get("certificate");
  if (kind === "trial")
    say("The certificate is self-signed: phones that verify it will refuse. Good for a trial only.");
  if (kind !== "internal") return;
  const names = certificateNames(answers, ownAddress());
  const edge = join(dirname(config), "certificates", "edge.pem");
  if (isGood(readText(edge), names)) say(`certificates/edge.pem is there, for ${names.join(", ")}.`);
  else await sign(site, names, edge);
  say(
    `Phones have to trust ${caPlace(config)}: copy it into each, as "trusted CA" (a phone's web page or its provisioning).`,
  );
}

/** By the authority that phones trust already, where there is one. */
async function sign({ config, say }: Site, names: readonly string[], edge: string): Promise<void> {
  const before = authorityOf(config);
  const made = await makeAuthority(names, Date.now(), before);
  writeWhole(keyPlace(config), made.caKey, "owner");
  writeWhole(join(dirname(edge), "edge.key"), made.key, "service");
  writeWhole(caPlace(config), made.ca, "service");
  // With its authority behind it, as phones and audits look for a chain.
  writeWhole(edge, made.cert + made.ca, "service");
  const by =
    before === undefined ? "made an authority and a certificate" : "made a certificate by the authority of before";
  say(`${by} for ${names.join(", ")}.`);
}

function authorityOf(config: string): Pick<Authority, "ca" | "caKey"> | undefined {
  const [ca, caKey] = [readText(caPlace(config)), readText(keyPlace(config))];
  if (ca === undefined || caKey === undefined) return undefined;
  // What it signs must not outlive it.
  return new X509Certificate(ca).validToDate.getTime() > Date.now() + 400 * day ? { ca, caKey } : undefined;
}

/**
 * The service makes the backups and cannot read the authority's key: what it gets is a copy that only the key of the backups opens. Done when
 * the state folder is there.
 */
export async function sealAuthority({ config, stateDir, answers }: Site): Promise<void> {
  const key = readText(keyPlace(config));
  const path = join(stateDir, sealedKey);
  if (key === undefined || !isGiven(answers, "backup_key") || existsSync(path)) return;
  const encryptTo = [answers.get("backup_key") ?? ""];
  await writeSealed({ path, unfinished: `${path}.part`, encryptTo, octets: [Buffer.from(key)] });
  giveLikeFolder(path, stateDir);
}

function isGood(pem: string | undefined, names: readonly string[]): boolean {
  if (pem === undefined) return false;
  const certificate = new X509Certificate(pem);
  const fits = (name: string): boolean =>
    (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
  return certificate.validToDate.getTime() > Date.now() + fewDays && names.every(fits);
}

/**
 * certbot fetches it when it is installed and that was agreed to; else the command is said.
 * @param certbot the program; undefined: there is none
 * @returns whether it is there, or is none of certbot's business
 */
export async function fetchCertificate({ config, answers, say }: Site, certbot: string | undefined): Promise<boolean> {
  if (answers.get("certificate") !== "acme") return true;
  const there = (): boolean => readText(join(dirname(config), "certificates", "edge.pem")) !== undefined;
  if (there()) return true;
  const acme = readConfigFile(config).config.certificates.get("edge")?.acme;
  const [, ...args] = acme === undefined ? [] : certbotCommand(acme, config);
  if (certbot !== undefined && answers.get("acme_run") === "yes") {
    say("certbot asks for the certificate; it listens on port 80 itself meanwhile.");
    if ((await runCertbot(certbot, args)) && there()) return true;
    say("certbot brought none. Does the domain lead to this machine, and does port 80/tcp?");
  }
  if (certbot === undefined) say("certbot is not installed: apt install certbot");
  say("The certificate is not there yet. Run this, then ringfence setup once more:");
  say(`  ${["certbot", ...args].map(quotedForShell).join(" ")}`);
  return false;
}
