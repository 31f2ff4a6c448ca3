/** The two documented commands on a bare Debian machine: a running service, an administrator, and a telephone that calls over TLS with SRTP. */
import { writeFileSync } from "node:fs";
import type { GradeReport } from "@ringfence/grade";
import { afterAll, beforeAll, expect } from "vitest";
import { debianPackage } from "../support/debian-package.ts";
import { toneShare } from "../support/tone.ts";
import { BareMachine } from "./laboratory/bare-machine.ts";
import { encrypted, extension, tones } from "./laboratory/extensions.ts";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx, passwords } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";

const scenario = laboratoryTest("mmdebstrap", "nft", "baresip");
const answersFor = (backupKey: string) => `pbx: ${addresses.pbx}
domains: [${addresses.ringfenceOutside}, pbx.example.com]
phones_from: ${addresses.ringfenceForPhones}
trunks_from: ${addresses.ringfenceForTrunks}
public_address: none
country: DE
backup_key: ${backupKey}
alerts_to: http://127.0.0.1:8099/alerts
collector: tls://192.0.2.200:6514
admin: anna
admin_password_file: /root/admin-password
test_user: "1002"
test_number: "600"
test_password_file: /root/test-password
checklist: { white-list: yes, trunk: yes, passwords: yes, limits: yes, router: yes, phones: yes, relay: yes }
`;
/** Of alerts: it takes everything. */
const receiver = `require("node:http").createServer((asked, said) => asked.resume().on("end", () => said.end())).listen(8099, "127.0.0.1")`;
let laboratory: Laboratory;
let machine: BareMachine;

beforeAll(async () => {
  if (!scenario.available) return;
  const deb = await debianPackage();
  laboratory = Laboratory.open("bare-setup");
  await Pbx.start(laboratory, {}, { accept: [addresses.ringfenceForPhones, addresses.ringfenceForTrunks] });
  machine = await BareMachine.start(laboratory);
  await machine.install(deb);
}, 600_000);
afterAll(async () => {
  await machine?.stop();
  await laboratory?.close();
});

scenario(
  "install and setup: the service runs by systemd, somebody can sign in, and the test call works; again nothing changes",
  async () => {
    const made = await machine.does("ringfence", "backup", "--new-key", "/root/backup.key");
    const [key = ""] = /age1[0-9a-z]+/.exec(made) ?? [];
    await machine.does("systemd-run", "--unit=receiver", "/usr/lib/ringfence/node", "-e", receiver);
    for (const [name, text] of [
      ["answers.yaml", answersFor(key)],
      ["admin-password", "four plain words together\n"],
      ["test-password", `${passwords["1002"]}\n`],
    ] as const) {
      writeFileSync(machine.path(`/root/${name}`), text, { mode: 0o600 });
    }
    const said = await machine.does("ringfence", "setup", "--answers", "/root/answers.yaml");
    expect(said).toContain("The test call works.");
    expect(said).toContain("the service ringfence runs.");
    expect(said).toContain("webhook to http://127.0.0.1:8099/alerts: took it");
    expect((await machine.run("systemctl", "is-active", "ringfence")).output).toBe("active\n");
    expect(await machine.does("stat", "--format", "%a %U:%G", "/etc/ringfence/ringfence.yaml")).toBe(
      "640 root:ringfence\n",
    );
    const list = ["find", "/etc/ringfence", "-type", "f", "-printf", "%p %m %u %T@\\n"] as const;
    const before = await machine.does(...list);
    const again = await machine.does("ringfence", "setup", "--answers", "/root/answers.yaml");
    expect(again).toContain("ringfence.yaml is as it should be.");
    expect(again).toContain("somebody can sign in already");
    expect(await machine.does(...list)).toBe(before);
  },
);

scenario("a backup is made and tried, and the audit finds only what the site can do", async () => {
  await machine.does("ringfence", "backup");
  const [archive = ""] = (await machine.does("ls", "/var/backups/ringfence")).split("\n");
  const tried = await machine.does(
    ...([
      "ringfence",
      "restore",
      `/var/backups/ringfence/${archive}`,
      "--key",
      "/root/backup.key",
      "--verify",
    ] as const),
  );
  expect(tried).toContain("a call went through a machine made from it");
  const { output } = await machine.run("ringfence", "audit", "--host", "--json");
  const { score, points } = JSON.parse(output) as GradeReport;
  const findings = points.flatMap((point) => point.findings);
  // A runtime that has been repaired comes with the next package, as soon as the registry has it.
  expect(findings.filter(({ id, site }) => !site && id !== "patches-vulnerable").map(({ id }) => id)).toEqual([]);
  expect(score).toBeGreaterThanOrEqual(90);
});

scenario("baresip registers over TLS, calls with SRTP and hears its own tone", async () => {
  const phone = await Phone.start(laboratory, "phone", extension("1001", encrypted));
  phone.tell("dial", "600");
  await phone.sees("CALL_ESTABLISHED");
  expect(toneShare(await phone.hears(2), tones["1001"])).toBeGreaterThan(0.95);
  phone.tell("hangup");
  await phone.sees("CALL_CLOSED");
  await phone.stop();
});
