/** The life of the Debian package on a bare machine: installed, started, upgraded, downgraded, removed, purged. No network leads out of it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect } from "vitest";
import { type KeyOfBackups, newKey } from "../../packages/appliance/src/backup/new-key.ts";
import { lookThrough } from "../../packages/appliance/src/restore/read-backup.ts";
import { killRounds } from "../kill/kill-rounds.ts";
import { configure, configFile as file } from "../kill/serving-machine.ts";
import { backedUp, upgradeSubject } from "../kill/upgrade-subject.ts";
import { debianPackage } from "../support/debian-package.ts";
import { BareMachine } from "./laboratory/bare-machine.ts";
import { Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { Status } from "./laboratory/ringfence.ts";

const laboratoryScenario = laboratoryTest("mmdebstrap", "nft");
/** Each unpacks 180 MB and starts a process anew, kill -9 eight times, on a machine that has other things to do. */
const patience = 600_000;
const scenario = (name: string, body: () => Promise<void>): void => laboratoryScenario(name, body, patience);
/** The watchdog of a service waits half a minute: too long for a test. */
const quickly = "/run/systemd/system/ringfence.service.d";
let laboratory: Laboratory;
let machine: BareMachine;
let packages: { readonly old: string; readonly young: string };
let key: KeyOfBackups;

beforeAll(async () => {
  if (!laboratoryScenario.available) return;
  key = await newKey();
  packages = { old: await debianPackage("0.1.0"), young: await debianPackage("0.1.1") };
  laboratory = Laboratory.open("debian-package");
  machine = await BareMachine.start(laboratory);
}, 600_000);
afterAll(async () => {
  await machine?.stop();
  await laboratory?.close();
});

/** What the running one says of itself. */
async function status(): Promise<Status & { readonly version: string }> {
  return JSON.parse(await machine.does("ringfence", "status", "--json"));
}

const property = async (name: string, unit = "ringfence"): Promise<string> =>
  (await machine.does("systemctl", "show", "--property", name, "--value", unit)).trim();

/** Mode, owner and octets of everything below. */
const kept = (folder: string): Promise<string> => machine.does("sh", "-c", listing, "sh", folder);
const listing = `cd "$1"; find . -type f | sort | while read -r f; do stat -c '%a %U:%G' "$f"; sha256sum "$f"; done`;

scenario(
  "installing it brings what runs, a user, folders and units, and starts nothing before it is set up",
  async () => {
    const said = await machine.install(packages.old);
    expect(said).toContain("Set it up with: ringfence setup");
    expect(await machine.does("ringfence", "version")).toMatch(
      /^ringfence 0\.1\.0, Node v24\..*\nnative code: built and loaded\n$/,
    );
    const modes = [
      "/etc/ringfence",
      "/etc/ringfence/secrets",
      "/var/lib/ringfence",
      "/var/log/ringfence",
      "/var/backups/ringfence",
    ];
    expect((await machine.does("stat", "--format", "%a %U:%G %n", ...modes)).trim().split("\n")).toEqual([
      "750 root:ringfence /etc/ringfence",
      "750 root:ringfence /etc/ringfence/secrets",
      "700 ringfence:ringfence /var/lib/ringfence",
      "750 ringfence:ringfence /var/log/ringfence",
      "700 ringfence:ringfence /var/backups/ringfence",
    ]);
    for (const unit of ["ringfence.service", "ringfence-firewall.service", "ringfence-backup.timer"]) {
      expect((await machine.run("systemctl", "is-enabled", unit)).output, unit).toBe("enabled\n");
    }
    expect((await machine.run("systemctl", "is-active", "ringfence")).output).toBe("inactive\n");
  },
);

scenario("the service's user can change nothing of what it runs, and nothing that builds is there", async () => {
  const writable = ["find", "/usr/lib/ringfence", "-writable", "-not", "-type", "l"];
  expect(await machine.does("runuser", "-u", "ringfence", "--", ...writable)).toBe("");
  expect(await machine.does("find", "/usr/lib/ringfence", "-not", "-user", "root")).toBe("");
  const tools = ["typescript", "vite", "vitest", "node-gyp", "@biomejs", "knip"];
  expect(
    await machine.does(
      "find",
      "/usr/lib/ringfence/node_modules",
      ...tools.flatMap((name) => ["-name", name, "-o"]),
      "-false",
    ),
  ).toBe("");
});

scenario("every unit is as locked up as docs/upgrade.md says, and none beyond 2.0", async () => {
  const page = readFileSync(new URL("../../docs/upgrade.md", import.meta.url), "utf8");
  for (const unit of ["ringfence", "ringfence-firewall", "ringfence-backup"]) {
    const said = await machine.does(
      "systemd-analyze",
      "security",
      "--offline=true",
      "--threshold=20",
      `${unit}.service`,
    );
    const [, exposure = ""] = /exposure level for \S+: (\d\.\d)/u.exec(said) ?? [];
    expect(page, unit).toMatch(new RegExp(`^\\| \`${unit}\\.(service|timer)\`.*\\| ${exposure} \\|$`, "mu"));
  }
});

scenario("with a configuration the unit starts it as its own user, which says when it is ready", async () => {
  mkdirSync(machine.path(quickly), { recursive: true });
  writeFileSync(machine.path(`${quickly}/watchdog.conf`), "[Service]\nWatchdogSec=10\n");
  await configure(machine, backedUp(key));
  expect(await status()).toMatchObject({ version: "0.1.0", calls: 0 });
  const pid = await property("MainPID");
  expect(await machine.does("stat", "--format", "%U", `/proc/${pid}`)).toBe("ringfence\n");
  expect((await status()).media).toMatchObject({ engine: "native" });
});

scenario("a reload that is refused fails, and the old configuration serves on", async () => {
  const good = await machine.does("cat", file);
  writeFileSync(machine.path(file), good.replace("domains:", "dominions:"));
  expect((await machine.run("systemctl", "reload", "ringfence")).code).not.toBe(0);
  writeFileSync(machine.path(file), good);
  await machine.does("systemctl", "reload", "ringfence");
  expect((await machine.run("systemctl", "is-active", "ringfence")).output).toBe("active\n");
});

scenario("an event loop that stands still is taken for dead and started anew", async () => {
  const before = await property("MainPID");
  await machine.does("kill", "-STOP", before);
  const looks = ["systemctl", "show", "--property=MainPID,ActiveState", "ringfence"] as const;
  await machine.until(
    "another process",
    [...looks],
    ({ output }) =>
      [`MainPID=${before}\n`, "MainPID=0\n"].every((old) => !output.includes(old)) && output.includes("=active"),
  );
  expect(await property("NRestarts")).toBe("1");
  await machine.does("rm", "-r", quickly);
  await machine.does("systemctl", "daemon-reload");
});

const backups = "/var/backups/ringfence";

scenario("an upgrade whose backup fails changes nothing, and says how to go on without one", async () => {
  await machine.does("mv", backups, `${backups}.aside`);
  await machine.does("touch", backups);
  const { code, output, problems } = await machine.run("apt-get", "install", "-y", machine.copyIn(packages.young));
  expect(code).not.toBe(0);
  expect(output + problems).toContain("RINGFENCE_NO_BACKUP=1");
  expect((await status()).version).toBe("0.1.0");
  await machine.does("sh", "-c", 'rm "$1" && mv "$1.aside" "$1" && test -z "$(dpkg --audit)"', "sh", backups);
});

scenario("an upgrade makes a backup, starts the other version, and keeps configuration and state", async () => {
  writeFileSync(machine.path("/etc/ringfence/secrets/trunk"), "s3cret", { mode: 0o640 });
  await machine.does("ringfence", "ban", "192.0.2.66", "7d");
  const before = await kept("/etc/ringfence");
  await machine.install(packages.young);
  expect((await status()).version).toBe("0.1.1");
  const [name = "", ...others] = (await machine.does("ls", backups)).trim().split("\n");
  expect([others, await machine.does("stat", "--format", "%a %U", `${backups}/${name}`)]).toEqual([
    [],
    "600 ringfence\n",
  ]);
  const { product, reason } = (await lookThrough({ path: machine.path(`${backups}/${name}`), keys: [key.secret] }))
    .manifest;
  expect([product, reason]).toEqual(["0.1.0", "upgrade"]);
  expect(await kept("/etc/ringfence")).toBe(before);
  expect(await machine.does("ringfence", "bans")).toContain("192.0.2.66");
});

scenario("so does a downgrade", async () => {
  const before = await kept("/etc/ringfence");
  await machine.install(packages.old, "--allow-downgrades");
  expect((await status()).version).toBe("0.1.0");
  expect(await kept("/etc/ringfence")).toBe(before);
  expect(await machine.does("ringfence", "bans")).toContain("192.0.2.66");
});

scenario("kill -9 in the middle of an upgrade loses nothing: the next attempt goes through", async () => {
  await killRounds({ rounds: 1, seed: 7 }, await upgradeSubject(machine, packages, key));
  expect(await machine.does("ringfence", "bans")).toContain("192.0.2.66");
});

scenario("removing it stops the service and keeps configuration, state and logs", async () => {
  const before = await kept("/etc/ringfence");
  await machine.does("apt-get", "remove", "-y", "-q", "ringfence");
  expect((await machine.run("systemctl", "is-active", "ringfence")).output).not.toBe("active\n");
  expect((await machine.run("test", "-e", "/usr/lib/ringfence")).code).toBe(1);
  expect(await kept("/etc/ringfence")).toBe(before);
  await machine.does("test", "-s", "/var/lib/ringfence/state.db", "-a", "-d", "/var/log/ringfence");
});

scenario("purging it leaves nothing but backups, which belong to root then", async () => {
  await machine.does("apt-get", "purge", "-y", "-q", "ringfence");
  const aside = ["/root", "/var/log/apt"].flatMap((folder) => ["-not", "-path", `${folder}/*`]);
  expect(await machine.does("find", "/", "-xdev", "-name", "*ringfence*", ...aside)).toMatch(
    /^\/var\/backups\/ringfence\n(\/var\/backups\/ringfence\/ringfence-\w+-upgrade\.tar\.age\n)+$/,
  );
  expect(await machine.does("find", backups, "-not", "-user", "root")).toBe("");
  expect((await machine.run("getent", "passwd", "ringfence", "ringfence-firewall")).output).toBe("");
  expect((await machine.run("getent", "group", "ringfence")).output).toBe("");
});
