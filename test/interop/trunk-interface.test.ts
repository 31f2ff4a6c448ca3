/** A carrier on an interface of its own, in a real kernel: who comes by another way with its address is not the carrier. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect } from "vitest";
import { addresses, Laboratory, repository } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("nft");
const here = "10.9.0.2";
const moved = "10.9.0.3";
const there = "10.9.0.1";
let laboratory: Laboratory;
let ringfence: Ringfence;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("trunk-interface");
  laboratory.cable("wg0", ["ringfence", `${here}/24`], ["carrier", `${there}/24`]);
  // A kernel that takes packets by any way, as one with two ways out must.
  run("ringfence", "sh", "-c", "for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done");
  laboratory.addAddress("attacker", "eth0", `${there}/32`);
  run("attacker", "ip", "route", "add", here, "via", addresses.ringfenceOutside, "src", there);
  const trunk = `{ name: tunnel, hosts: [{ uri: "sip:${there}:5060;transport=udp" }], interface: wg0, media: { srtp: off } }`;
  const text = config({ phones: "media: { srtp: optional }", more: `trunks: [${trunk}]\n` });
  ringfence = await Ringfence.start(laboratory, text);
}, 120_000);
afterAll(() => laboratory?.close());

function run(party: "ringfence" | "attacker" | "carrier", program: string, ...args: readonly string[]): string {
  const [command, inside] = laboratory.inside(party, program);
  const { stdout, stderr, status } = spawnSync(command, [...inside, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Whether OPTIONS to the trunk's socket is answered. An answer is waited for as long as it takes, silence is four requests. */
function hears(party: "attacker" | "carrier", expected: "answer" | "silence", to: string = here): boolean {
  const [command, inside] = laboratory.inside(party, process.execPath);
  const program = `${repository}/test/interop/laboratory/stranger.ts`;
  return spawnSync(command, [...inside, program, to, "OPTIONS", expected === "answer" ? "80" : "4"]).status === 0;
}

function dropped(): number {
  const { nftables } = JSON.parse(run("ringfence", "nft", "-j", "list", "counter", "inet", "ringfence", "stranger"));
  return nftables[1].counter.packets;
}

scenario("the carrier is answered over its interface, and nobody with its address over another one", () => {
  expect(hears("carrier", "answer")).toBe(true);
  // Which addresses the interface has is known inside only.
  const rules = run("ringfence", `${repository}/ringfence`, "firewall", "--config", ringfence.file);
  writeFileSync(laboratory.path("rules.nft"), rules);
  run("ringfence", "nft", "-f", laboratory.path("rules.nft"));
  const before = dropped();
  expect(hears("attacker", "silence")).toBe(false);
  expect(dropped() - before).toBeGreaterThanOrEqual(4);
  expect(hears("carrier", "answer")).toBe(true);
});

scenario("a reload follows the interface to another address", async () => {
  run("ringfence", "ip", "address", "delete", `${here}/24`, "dev", "wg0");
  laboratory.addAddress("ringfence", "wg0", `${moved}/24`);
  expect((await ringfence.ask("reload")).code).toBe(0);
  expect((await ringfence.status()).config.generation).toBe(2);
  expect(hears("carrier", "answer", moved)).toBe(true);
});

scenario("when the interface is gone, check and reload say so, and what serves goes on serving", async () => {
  run("ringfence", "ip", "link", "delete", "wg0");
  const reload = await ringfence.ask("reload");
  expect(reload.code).toBe(78);
  expect(`${reload.output}${reload.problems}`).toContain("this machine has no interface wg0 that is up");
  expect((await ringfence.status()).config.generation).toBe(2);
});
