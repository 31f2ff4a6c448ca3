/** Threat "silent loss of protection": bans in a real kernel, by a real helper, and what happens when somebody takes them away. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import { addresses, addresses6, Laboratory, repository } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("nft");
let laboratory: Laboratory;
let ringfence: Ringfence;
let text: string;
/** On a network of its own: a ban takes all of its /64. */
const attacker6 = { network: "2001:db8:66::1/64", address: "2001:db8:66::66", ban: "2001:db8:66:0::/64" };
const transports = ["udp", "tcp"].flatMap((transport) =>
  ["0.0.0.0", '"::"'].map((address) => `{ transport: ${transport}, address: ${address} }`),
);

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("kernel-bans", "both");
  laboratory.addAddress("ringfence", "outside", attacker6.network);
  laboratory.addAddress("attacker", "eth0", `${attacker6.address}/64`);
  mkdirSync(dirname(laboratory.path("fw", "s")), { mode: 0o700 });
  const kernel = `kernel: { nftables: on, socket: ${laboratory.path("fw", "s")} }`;
  const phones = `media: { srtp: optional }\n  listen: [${transports.join(", ")}]`;
  text = config({ phones, more: `defence: { mode: enforce, ${kernel} }\n` });
  ringfence = await Ringfence.start(laboratory, text);
}, 120_000);
afterAll(() => laboratory?.close());

/** Runs in Ringfence's namespace. */
function nft(...args: readonly string[]): string {
  const { stdout, stderr, status } = tryNft(args);
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function tryNft(args: readonly string[]) {
  const [command, inside] = laboratory.inside("ringfence", "nft");
  return spawnSync(command, [...inside, ...args], { encoding: "utf8" });
}

/** Seconds that the ban has still, by the kernel; undefined: it has none. */
function secondsLeft(source: string, set = "banned4"): number | undefined {
  const { stdout, status } = tryNft(["-j", "list", "set", "inet", "ringfence", set]);
  if (status !== 0) return undefined;
  const { nftables } = JSON.parse(stdout);
  const elements: { elem: { val: string; expires: number } }[] = nftables[1].set.elem ?? [];
  return elements.find(({ elem }) => elem.val === source)?.elem.expires;
}

/** Packets that the rule about bans has dropped, or another that counts by that name. */
function dropped(counter = "banned"): number {
  const { nftables } = JSON.parse(nft("-j", "list", "counter", "inet", "ringfence", counter));
  return nftables[1].counter.packets;
}

/** Whether a listener answers a host that it does not know. An answer is waited for as long as it takes, silence is four requests. */
function hears(
  party: "attacker" | "phone2",
  method: "OPTIONS" | "INVITE",
  expected: "answer" | "silence",
  to: string = addresses.ringfenceOutside,
): boolean {
  const [command, inside] = laboratory.inside(party, process.execPath);
  const program = `${repository}/test/interop/laboratory/stranger.ts`;
  const tries = expected === "answer" ? "80" : "4";
  return spawnSync(command, [...inside, program, to, method, tries]).status === 0;
}

async function health(): Promise<string> {
  const [command, inside] = laboratory.inside("ringfence", process.execPath);
  const program = "fetch('http://127.0.0.1:9060/health').then(async (r) => console.log(r.status, await r.text()))";
  return spawnSync(command, [...inside, "-e", program], { encoding: "utf8" }).stdout;
}

const prove = () => ringfence.ask("firewall", "--prove");
const proven = () => eventually("the kernel to be proven", async () => (await prove()).code === 0, 60_000, 300);
const until = (what: string, isSo: () => boolean) => eventually(what, isSo, 60_000, 300);

/** Whoever looks first, the minute's look or ours: that it was found is in the log. */
async function isFound(trouble: string): Promise<void> {
  await prove();
  await until(`${trouble} to be said`, () => ringfence.log.includes(`"reason":"${trouble}"`));
  await until("the ban to be put back", () => secondsLeft(addresses.attacker) !== undefined);
  await proven();
}

scenario("without its helper health is red; with it a banned packet is shown to be dropped", async () => {
  expect(await prove()).toMatchObject({ code: 2, output: expect.stringContaining("the helper does not answer") });
  expect(await health()).toMatch(/^503 .*the helper does not answer/);
  const rules = await ringfence.ask("firewall");
  expect(rules.code).toBe(0);
  writeFileSync(laboratory.path("rules.nft"), rules.output);
  nft("-c", "-f", `${repository}/deploy/nftables/trunk.nft`);
  const helper = laboratory.run("ringfence", "helper", {
    command: process.execPath,
    args: [`${repository}/packages/firewall/src/main.ts`, laboratory.path("fw", "s"), laboratory.path("rules.nft")],
  });
  await helper.says("orders come in");
  expect(await prove()).toMatchObject({ code: 0, output: expect.stringContaining("0 sources, proven") });
  expect(await health()).toMatch(/^200 /);
});

scenario("a banned host's packets end in the kernel, another's do not, and a call for help still arrives", async () => {
  expect(hears("attacker", "OPTIONS", "answer")).toBe(true);
  expect((await ringfence.ask("ban", addresses.attacker, "1h")).code).toBe(0);
  await until("the ban to be in the kernel", () => secondsLeft(addresses.attacker) !== undefined);
  const { defence } = await ringfence.status();
  expect(hears("attacker", "OPTIONS", "silence")).toBe(false);
  expect(hears("phone2", "OPTIONS", "answer")).toBe(true);
  // The gate in front of our sockets knows the ban too: none of these packets came that far.
  expect((await ringfence.status()).defence.dropped.banned).toBe(defence.dropped.banned);
  expect(hears("attacker", "INVITE", "answer")).toBe(true);
});

scenario(
  "over IPv6 a banned /64 ends in the kernel, its neighbour does not, and a call for help still arrives",
  async () => {
    const here = attacker6.network.replace("/64", "");
    expect(hears("attacker", "OPTIONS", "answer", here)).toBe(true);
    expect((await ringfence.ask("ban", attacker6.address, "1h")).code).toBe(0);
    expect((await ringfence.ask("bans")).output).toContain(attacker6.ban);
    await until("the ban to be in the kernel", () => secondsLeft("2001:db8:66::", "banned64") !== undefined);
    const [before, { defence }] = [dropped(), await ringfence.status()];
    expect(hears("attacker", "OPTIONS", "silence", here)).toBe(false);
    expect(dropped() - before).toBeGreaterThanOrEqual(4);
    expect((await ringfence.status()).defence.dropped.banned).toBe(defence.dropped.banned);
    expect(hears("phone2", "OPTIONS", "answer", addresses6.ringfenceOutside)).toBe(true);
    expect(hears("attacker", "INVITE", "answer", here)).toBe(true);
  },
);

scenario(
  "a banned source gets four connections, for a call for help, and what is more ends in the kernel",
  async () => {
    const program = `${repository}/test/interop/laboratory/stranger.ts`;
    for (const to of [addresses.ringfenceOutside, attacker6.network.replace("/64", "")]) {
      const before = dropped();
      const caller = laboratory.run("attacker", "connections", {
        command: process.execPath,
        args: [program, to, "connect", "16"],
      });
      await caller.says("up\n".repeat(4));
      await until("the others to be dropped", () => dropped() - before >= 12);
      await caller.stop();
    }
    const other = laboratory.run("phone2", "connections", {
      command: process.execPath,
      args: [program, addresses.ringfenceOutside, "connect", "16"],
    });
    await other.says("up\n".repeat(16));
    await other.stop();
  },
);

scenario("a set and a ruleset that are flushed are found out, and the bans are put back", async () => {
  nft("flush", "set", "inet", "ringfence", "banned4");
  await isFound("bans-missing");
  nft("flush", "ruleset");
  await isFound("no-rules");
  // Rules that are all there and drop nothing.
  nft("insert", "rule", "inet", "ringfence", "phones_udp", "accept");
  expect(await prove()).toMatchObject({ code: 2, output: expect.stringContaining("arrived") });
  expect(await health()).toMatch(/^503 .*arrived/);
});

scenario("a restart finds its bans again, and puts them into an empty kernel for the time that remains", async () => {
  await ringfence.stop();
  nft("-f", laboratory.path("rules.nft"));
  expect(secondsLeft(addresses.attacker)).toBeUndefined();
  ringfence = await Ringfence.start(laboratory, text);
  expect((await ringfence.ask("bans")).output).toContain(addresses.attacker);
  await until("the ban to be in the kernel again", () => secondsLeft(addresses.attacker) !== undefined);
  expect(secondsLeft(addresses.attacker)).toBeLessThan(3_600);
  expect((await ringfence.ask("unban", addresses.attacker)).code).toBe(0);
  await until("the ban to be lifted in the kernel", () => secondsLeft(addresses.attacker) === undefined);
});

scenario("in shadow the kernel holds nothing, and status says so", async () => {
  expect((await ringfence.ask("ban", addresses.attacker, "1h")).code).toBe(0);
  await until("the ban to be in the kernel", () => secondsLeft(addresses.attacker) !== undefined);
  ringfence.write(text.replace("mode: enforce", "mode: shadow"));
  expect((await ringfence.ask("reload")).code).toBe(0);
  await until("the kernel to be empty", () => secondsLeft(addresses.attacker) === undefined);
  expect((await ringfence.ask("status")).output).toContain("drops nothing of ours: defence.mode is shadow");
});

scenario(
  "what a source sends beyond its rate ends in the kernel, packet by packet, and another's does not",
  async () => {
    // Who is banned is counted elsewhere, and bans are put back into a ruleset that is new.
    for (const ban of [addresses.attacker, attacker6.ban]) {
      expect((await ringfence.ask("unban", ban)).code).toBe(0);
    }
    expect((await ringfence.ask("bans")).output).not.toContain(addresses.attacker);
    // Ten times that a second, and what comes in five seconds at once: 200.
    ringfence.write(text.replace("mode: enforce", "mode: enforce, source: { packets_per_second: 4 }"));
    expect((await ringfence.ask("reload")).code).toBe(0);
    writeFileSync(laboratory.path("slow.nft"), (await ringfence.ask("firewall")).output);
    nft("-f", laboratory.path("slow.nft"));
    nft("add", "counter", "inet", "ringfence", "passed");
    const ways = [
      [addresses.ringfenceOutside, `ip saddr ${addresses.attacker}`],
      [attacker6.network.replace("/64", ""), `ip6 saddr ${attacker6.address}`],
    ] as const;
    for (const [to, from] of ways) {
      nft(...`add rule inet ringfence phones_udp ${from} counter name passed`.split(" "));
      // The first asks where the other is, and the kernel keeps few that wait for the answer.
      expect(hears("attacker", "OPTIONS", "answer", to)).toBe(true);
      const [over, passed] = [dropped("over_rate"), dropped("passed")];
      const counted = (): number => dropped("over_rate") - over + dropped("passed") - passed;
      const [command, inside] = laboratory.inside("attacker", process.execPath);
      const program = `${repository}/test/interop/laboratory/stranger.ts`;
      expect(spawnSync(command, [...inside, program, to, "burst", "600"]).status).toBe(0);
      await until("all of them to be counted", () => counted() === 600);
      expect(dropped("passed") - passed).toBeGreaterThanOrEqual(150);
      expect(dropped("over_rate") - over).toBeGreaterThan(0);
    }
    const over = dropped("over_rate");
    expect(hears("phone2", "OPTIONS", "answer")).toBe(true);
    expect(dropped("over_rate")).toBe(over);
  },
);
