/** A machine is made from a backup, beside this one, and a call goes through it. */
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { loadConfig } from "@ringfence/policy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BackupSite } from "../../../../../test/support/backup-site.ts";
import { readLastVerify } from "../../backup/backup-notes.ts";
import { privateConfig } from "./private-config.ts";

let site: BackupSite;
beforeEach(async () => {
  site = await BackupSite.make();
});
afterEach(() => site.end());

const scratch = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("ringfence-verify-"));

test("a call goes through a private machine made from it, and that is remembered where `audit` looks", async () => {
  site.write("", `backup: { to: backups, encrypt_to: [${site.publicKey}] }`);
  await site.say("backup", "--config", site.config);
  const name = readdirSync(site.path("backups"))[0] ?? "";
  const before = scratch();
  const { code, out, err } = await site.say(
    ...["restore", site.path("backups", name), "--key", site.keyFile, "--verify", "--config", site.config],
  );
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("records and audit: 1 rows");
  expect(out).toContain(`${name}: a call went through a machine made from it`);
  expect(readLastVerify(site.path("state"))).toMatchObject({ file: name, ok: true });
  expect(scratch().filter((one) => !before.includes(one))).toEqual([]);
}, 180_000);

test("what it starts hears and speaks on loopback only, and knows no carrier, collector or receiver", () => {
  const text = `
pbx: { address: 10.0.0.5 }
phones: { domains: [pbx.example.com], authentication: edge, accounts: { file: a.yaml }, media: { srtp: required } }
trunks: [{ name: a, hosts: [{ uri: "sip:a.example" }], from: [192.0.2.1] }]
cdr: { export: { to: spool } }
backup: { encrypt_to: [${site.publicKey}] }
capture: { hep: "udp://homer.example.com" }
`;
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const ports = { sip: 1, pbx: 2, phonesFrom: 3, trunksFrom: 4, media: { first: 20_000, last: 20_099 } };
  const made = privateConfig({
    config: loaded.config,
    unpacked: {},
    stateDir: "/x/state",
    accounts: "/x/a.json",
    ports,
  });
  const read = loadConfig(made);
  expect(read).toMatchObject({ ok: true });
  if (!read.ok) return;
  const { config } = read;
  expect(config).toMatchObject({
    ...{ trunks: [], alerts: [] },
    ...{ cdr: { export: undefined }, capture: { hep: undefined }, logs: { syslog: undefined } },
    phones: { authentication: "edge", accounts: "/x/a.json", domains: ["pbx.example.com"] },
  });
  expect([config.backup, config.admin]).toEqual([undefined, undefined]);
  const hosts = [config.pbx.host, ...config.phones.listen.map(({ address }) => address), config.metrics.listen.address];
  expect(hosts.every((host) => host.startsWith("127."))).toBe(true);
});
