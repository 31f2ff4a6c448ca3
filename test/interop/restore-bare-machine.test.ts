/** A machine that is gone: its backup, a bare machine and a key are all there is, and a call works. No network leads out of either. */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect } from "vitest";
import { type KeyOfBackups, keyFileText, newKey } from "../../packages/appliance/src/backup/new-key.ts";
import { configFile, servingMachine } from "../kill/serving-machine.ts";
import { debianPackage } from "../support/debian-package.ts";
import { BareMachine } from "./laboratory/bare-machine.ts";
import { Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { linePassword } from "./laboratory/pbx.ts";
import { mss } from "./laboratory/stand-in.ts";

const scenario = laboratoryTest("mmdebstrap", "nft");
let laboratory: Laboratory;
let deb: string;
let key: KeyOfBackups;
let backup: string;
let machine: BareMachine | undefined;

beforeAll(async () => {
  if (!scenario.available) return;
  deb = await debianPackage("0.1.0");
  key = await newKey();
  laboratory = Laboratory.open("restore-bare");
  await mss.start(laboratory, ["1001", "1002"], {});
}, 600_000);
afterAll(async () => {
  await machine?.stop();
  await laboratory?.close();
});

/** Two telephones on the machine itself. @returns what it says of the call */
async function call(on: BareMachine): Promise<string> {
  for (const user of ["1001", "1002"]) writeFileSync(on.path(`/root/${user}`), linePassword(user), { mode: 0o600 });
  const caller = ["--user", "1001", "--password-file", "/root/1001"];
  const callee = ["--answer", "1002", "--answer-password-file", "/root/1002"];
  const command = ["ringfence", "test-call", ...caller, ...callee, "--talk", "1s"] as const;
  return (await on.until("a call to work", [...command], ({ code }) => code === 0)).output;
}

scenario("a machine that serves is backed up, and is gone", async () => {
  machine = await BareMachine.start(laboratory, "ringfence", "old");
  await servingMachine(machine, deb);
  const file = machine.path(configFile);
  writeFileSync(file, `${readFileSync(file, "utf8")}backup: { encrypt_to: [${key.recipient}] }\n`);
  await machine.does("systemctl", "reload", "ringfence");
  await machine.does("ringfence", "ban", "192.0.2.66", "7d");
  await machine.does("systemctl", "stop", "ringfence");
  await machine.does("ringfence", "backup");
  const folder = machine.path("/var/backups/ringfence");
  const [name = ""] = readdirSync(folder).filter((one) => one.endsWith(".age"));
  backup = laboratory.path(name);
  copyFileSync(`${folder}/${name}`, backup);
  await machine.stop();
});

scenario("a bare machine, restored, serves with what the old one knew, and a call with SRTP works", async () => {
  machine = await BareMachine.start(laboratory, "ringfence", "new");
  const began = performance.now();
  await machine.install(deb);
  const keyFile = laboratory.path("ringfence.key");
  writeFileSync(keyFile, keyFileText(key, Date.now()), { mode: 0o600 });
  const said = await machine.does("ringfence", "restore", machine.copyIn(backup), "--key", machine.copyIn(keyFile));
  expect(said).toContain("all as they were");
  await machine.does("systemctl", "start", "ringfence");
  expect(await call(machine)).toContain("The test call works.");
  console.log(`install, restore, start, call: ${Math.round((performance.now() - began) / 1_000)} s`);
  expect((await machine.does("stat", "--format", "%a %U:%G", configFile)).trim()).toBe("640 root:ringfence");
  expect(await machine.does("find", "/var/lib/ringfence", "-not", "-user", "ringfence")).toBe("");
  expect(await machine.does("ringfence", "bans")).toContain("192.0.2.66");
});
