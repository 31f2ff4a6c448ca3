/** Each weakness alone, in a machine that has no other: it is found where it lies, by the code that looks at real machines. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AuditFacts, auditPoints, findingsOf, type Grade, grade } from "@ringfence/grade";
import { afterEach, describe, expect, test } from "vitest";
import { makeCertificate } from "../../../../test/support/certificates.ts";
import { configPath, GoodSite } from "../../../../test/support/good-site.ts";
import { plantedInFile } from "../../../../test/support/planted-in-file.ts";
import { plantedOnMachine } from "../../../../test/support/planted-on-machine.ts";
import { readEnvironment } from "../environment.ts";
import { type Loaded, loadEverything } from "../loading.ts";
import { version } from "../version.ts";
import { gatherFacts } from "./gather.ts";
import { viewOf } from "./machine-view.ts";

const sites: GoodSite[] = [];
afterEach(() => {
  for (const site of sites.splice(0)) site.remove();
});

async function newSite(): Promise<GoodSite> {
  const site = await GoodSite.make();
  sites.push(site);
  return site;
}

const audited = async (site: GoodSite): Promise<Grade> => grade(auditPoints, (await factsOf(site)).facts);

async function factsOf(site: GoodSite): Promise<{ readonly loaded: Loaded; readonly facts: AuditFacts }> {
  const { root, known, interfaces } = site;
  const own = async () => ({ cert: "", key: "" });
  const loaded = await loadEverything(join(root, configPath), readEnvironment({}), own);
  const status = { ...site.status, version: site.status.version || version };
  const host = {
    stateDir: join(root, "/var/lib/ringfence"),
    running: { status, known },
    programs: ["/usr/lib/ringfence"],
    view: { ...viewOf(root), interfaces: () => interfaces },
  };
  return { loaded, facts: gatherFacts({ loaded, host, node: site.node }, site.now) };
}

const idsOf = (graded: Grade): readonly string[] => findingsOf(graded).map(({ id }) => id);

test("a good machine with a good configuration: nothing is found, everything was looked at, 100 of 100", async () => {
  const graded = await audited(await newSite());
  expect(findingsOf(graded)).toEqual([]);
  expect(graded.score).toBe(100);
  expect(graded.points.flatMap(({ unseen }) => unseen)).toEqual(unasked);
});

/** The PBX is elsewhere, and no program has a key. */
const unasked = ["firewall-pbx-exposed", "sign-in-programs"];

const planted = [...plantedInFile, ...plantedOnMachine];

describe("planted alone", () => {
  test.each(planted)("$id is found, and nothing else is", async ({ id, plant, implies = [] }) => {
    const site = await newSite();
    await plant(site);
    expect(idsOf(await audited(site)).toSorted()).toEqual([id, ...implies].toSorted());
  });

  test("every question that can be asked has a weakness planted for it, and there are more than forty", () => {
    const ids = auditPoints.flatMap(({ checks }) => checks.map(({ id }) => id));
    // Its weakness is a file that nothing starts with: below.
    const found = new Set([...planted.map(({ id }) => id), "reach-admin-tls"]);
    expect([...found].toSorted()).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    expect(planted.length).toBeGreaterThan(40);
  });
});

test("a console that others reach in clear is refused with the file, and would be found in one that was taken", async () => {
  const site = await newSite();
  const { loaded, facts } = await factsOf(site);
  const { admin } = loaded.file.config;
  if (admin === undefined) throw new Error("the good site has a console");
  const inClear = { ...loaded.file.config, admin: { ...admin, certificate: undefined } };
  const graded = grade(auditPoints, { ...facts, config: inClear });
  expect(idsOf(graded)).toEqual(["reach-admin-tls"]);
  site.change(configPath, "certificate: edge, client_ca: people.pem,", "");
  const exposed = expect.arrayContaining([expect.objectContaining({ code: "admin-exposed" })]);
  await expect(audited(site)).rejects.toMatchObject({ issues: exposed });
});

/** Debian 12 with nothing on it but what a package and `setup` have put there, and what the site has answered. */
async function firstDay(): Promise<GoodSite> {
  const site = await newSite();
  await site.certified(await makeCertificate({ names: ["pbx.example.com"], days: 60 }), false);
  for (const path of ["/etc/ssh", "/etc/apt", "/usr/bin/unattended-upgrade", "/usr/bin/timedatectl"]) site.remove(path);
  // The package filter's helper serves; no chain of the site's own is there.
  site.program("nft", '{"nftables":[{"chain":{"hook":"input","policy":"accept"}}]}');
  site.interfaces = site.interfaces.map((one) => ({ ...one, name: one.name === "lo" ? "lo" : "eth0" }));
  site.change(configPath, "digest: [SHA-256]", "digest: [SHA-256, MD5]");
  site.change(configPath, "action: suspend", "action: alert");
  site.change(configPath, ', copy: [/usr/bin/rsync, "{}", "keeper@192.0.2.99:"]', "");
  return site;
}

test("on the first day of a machine: 90 or more, and what is missing only the site can do", async () => {
  const graded = await audited(await firstDay());
  expect(findingsOf(graded).filter(({ site }) => !site)).toEqual([]);
  expect(graded.score).toBeGreaterThanOrEqual(90);
});

test("what the setup writes has no finding that the setup could have spared", async () => {
  const site = await newSite();
  const golden = new URL("../../../../test/golden/setup/phones-only.config.yaml", import.meta.url);
  const text = readFileSync(golden, "utf8");
  site.write(configPath, `${text}state: { dir: ${site.root}/var/lib/ringfence }\n`, 0o640);
  site.write("/etc/ringfence/certificates/edge.pem", site.read("/etc/ringfence/edge.pem"));
  site.write("/etc/ringfence/certificates/edge.key", site.read("/etc/ringfence/secrets/edge.key"), 0o640);
  const found = findingsOf(await audited(site));
  expect(found.filter((one) => !one.site).map(({ id }) => id)).toEqual([]);
});

test("threat L8: an old file with a new version: every key that is weaker than what is usual today is said", async () => {
  const site = await newSite();
  site.change(configPath, "authentication: edge\n  accounts: { file: accounts.yaml }\n", "authentication: relay\n");
  site.change(configPath, "digest: [SHA-256]", "digest: [SHA-256, MD5]");
  site.change(
    configPath,
    "srtp: required, suites: [AEAD_AES_256_GCM, ",
    "srtp: optional, suites: [AES_CM_128_HMAC_SHA1_32, ",
  );
  site.change(
    configPath,
    "transport: tls, address: 203.0.113.1, port: 5061, certificate: edge",
    "transport: udp, address: 0.0.0.0, port: 5060",
  );
  site.change(configPath, "\nadmin:", "\ndefence: { mode: shadow, kernel: { nftables: off }, trust: off }\nadmin:");
  site.write(`${configPath}.dpkg-dist`, "");
  const ids = [
    ...["firewall-kernel-bans", "encryption-clear-signalling", "encryption-phones-media", "encryption-short-tags"],
    ...["sign-in-at-the-edge", "floods-shadow", "floods-trust", "privilege-leftovers"],
  ];
  expect(idsOf(await audited(site))).toEqual(ids);
});
