/**
 * Threat L12: what each method carries over each transport, and what is left of it at four times as much.
 *
 *     taskset -c 1 node test/bench/overload.ts [--seconds 5] [--transports udp,tcp,tls] [--methods INVITE,...] [--appliance-on 0]
 *
 * The appliance has one processor and this generator, with the PBX in it, the other. A hundred calls are up all the time, and fifty registered
 * phones go on registering and calling. Prints a line for each; ends with 1 when a claim does not hold.
 */
import { parseArgs } from "node:util";
import { sleep } from "./bench.ts";
import { residentOf } from "./cpu.ts";
import { BenchPhone, domain, type Transport, transports, type UpCall, yesPbx } from "./load/overload-parties.ts";
import { conditions } from "./machine.ts";
import { metric, ready } from "./metrics.ts";
import { siteOf } from "./peers/site.ts";
import { System } from "./system.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    transports: { type: "string", default: transports.join(",") },
    methods: { type: "string", default: "INVITE,REGISTER,OPTIONS,MESSAGE,SUBSCRIBE,junk" },
    "appliance-on": { type: "string", default: "0" },
  },
});
const seconds = Number(values.seconds);
const CAPACITY_SECONDS = 3;
const CROWD = 40;
const OUTSTANDING = 4;
const LEGITIMATE = 50;
const UP = 100;
const RECOVERY_MS = 5_000;

const site = siteOf(9);
const { entry, tls, pbx, core, metrics } = site;

function start(): System {
  const system = new System("Ringfence", entry);
  const listen = (transport: string, { address, port }: typeof entry): string =>
    `{ transport: ${transport}, address: ${address}, port: ${port} }`;
  const config = [
    `pbx: { address: "${pbx.address}:${pbx.port}", transport: udp }`,
    `phones: { domains: [${domain}], media: { srtp: "off" }, methods: { message: true, subscribe: true }, listen: [${listen("udp", entry)}, ${listen("tcp", entry)}, ${listen("tls", tls)}] }`,
    `core: { phones_from: "${core[0].address}:${core[0].port}", trunks_from: "${core[1].address}:${core[1].port}" }`,
    "media: { ports: 20000-31999, inactivity: 24h }",
    "policy: { limits: { calls: 3000, calls_per_second: 10000, calls_per_account: 3000 } }",
    `metrics: { listen: "${metrics}" }`,
    `state: { dir: "${system.path("state")}" }`,
    "",
  ].join("\n");
  const args = ["-c", values["appliance-on"], process.execPath, "packages/appliance/src/main.ts", "start", "--config"];
  system.start("taskset", [...args, system.file("ringfence.yaml", config)], system.path("log"));
  return system;
}

/** One unit of work. True: it was done. */
async function once(phone: BenchPhone, method: string): Promise<boolean> {
  if (method === "junk") {
    phone.junk();
    return false;
  }
  if (method === "REGISTER") return (await phone.register())?.status === 200;
  if (method !== "INVITE") return (await phone.ask(method))?.status === 200;
  const call = await phone.call();
  return typeof call === "object" && phone.hangUp(call);
}

/** Each phone with so many at a time, for as long as is measured. @returns what was done a second */
async function capacity(crowd: readonly BenchPhone[], method: string): Promise<number> {
  const end = performance.now() + CAPACITY_SECONDS * 1_000;
  let done = 0;
  const worker = async (phone: BenchPhone): Promise<void> => {
    while (performance.now() < end) if (await once(phone, method)) done++;
  };
  await Promise.all(crowd.flatMap((phone) => Array.from({ length: OUTSTANDING }, () => worker(phone))));
  return done / CAPACITY_SECONDS;
}

/** Whatever comes back, so many a second. */
async function flood(crowd: readonly BenchPhone[], method: string, perSecond: number) {
  const began = performance.now();
  let [sent, done] = [0, 0];
  while (performance.now() - began < seconds * 1_000) {
    const due = ((performance.now() - began) / 1_000) * perSecond;
    for (; sent < due; sent++) {
      const phone = crowd[sent % crowd.length];
      if (phone !== undefined) void once(phone, method).then((good) => (done += Number(good)));
    }
    await sleep(2);
  }
  return { offered: sent / seconds, goodput: done / seconds };
}

/** Register and call in turn until told to stop, as people do: one thing every two seconds. */
function legitimate(phones: readonly BenchPhone[]) {
  let [tried, good, going] = [0, 0, true];
  const one = async (phone: BenchPhone, place: number): Promise<void> => {
    await sleep(place * 40);
    for (let turn = place; going; turn++) {
      tried++;
      if (await once(phone, turn % 2 === 0 ? "REGISTER" : "INVITE")) good++;
      await sleep(2_000);
    }
  };
  const all = Promise.all(phones.map(one));
  return async () => {
    going = false;
    await all;
    return { tried, good };
  };
}

async function phonesOver(transport: Transport, count: number, name: string, host: number): Promise<BenchPhone[]> {
  const to = transport === "tls" ? tls : entry;
  const phones: BenchPhone[] = [];
  for (let i = 0; i < count; i++) {
    const phone = await BenchPhone.open(`${name}${i}`, transport, to, `127.0.${host}.${1 + (i % 50)}`);
    if ((await phone.register())?.status !== 200) throw new Error(`${name}${i} cannot register`);
    phones.push(phone);
  }
  return phones;
}

async function recovered(): Promise<number> {
  const began = performance.now();
  while ((await metric("ringfence_overload_level", site)) > 0 && performance.now() - began < 30_000) await sleep(100);
  return performance.now() - began;
}

const faults: string[] = [];
for (const line of conditions()) console.log(line);
const system = start();
await ready(site);
await yesPbx(pbx);
const steady = await phonesOver("udp", LEGITIMATE, "staff", 2);
const up: (readonly [BenchPhone, UpCall])[] = [];
for (let i = 0; i < UP; i++) {
  const phone = steady[i % steady.length];
  const call = await phone?.call();
  if (phone !== undefined && typeof call === "object") up.push([phone, call]);
}
console.log(`${up.length} calls up, RSS ${Math.round(residentOf(system.pid) / 1_024)} MB`);
const rows: object[] = [];
for (const transport of transports.filter((name) => values.transports.split(",").includes(name))) {
  const crowd = await phonesOver(transport, CROWD, `${transport}crowd`, 3 + transports.indexOf(transport));
  for (const method of values.methods.split(",")) {
    const plain = method === "junk" ? 5_000 : await capacity(crowd, method);
    await recovered();
    const staff = legitimate(steady);
    const { offered, goodput } = await flood(crowd, method, 4 * plain);
    const back = await recovered();
    const { tried, good } = await staff();
    const rss = Math.round(residentOf(system.pid) / 1_024);
    const [share, success] = [(100 * goodput) / plain, (100 * good) / tried];
    const bad = [
      ...(method !== "junk" && share < 95 ? [`goodput ${share.toFixed(0)} %`] : []),
      ...(success < 99 ? [`legitimate ${success.toFixed(1)} %`] : []),
      ...(back > RECOVERY_MS ? [`recovered after ${(back / 1_000).toFixed(1)} s`] : []),
    ];
    faults.push(...bad.map((one) => `${method} over ${transport}: ${one}`));
    const whole = { plain: Math.round(plain), offered: Math.round(offered), goodput: Math.round(goodput) };
    const line = { method, transport, ...whole, "% of plain": Math.round(share), legitimate: `${good}/${tried}` };
    rows.push({ ...line, "back after s": (back / 1_000).toFixed(1), "RSS MB": rss, holds: bad.length === 0 });
    console.log(JSON.stringify(rows.at(-1)));
  }
}
const ended = await Promise.all(up.map(([phone, call]) => phone.hangUp(call)));
const lost = UP - ended.filter(Boolean).length;
if (lost > 0) faults.push(`${lost} of ${UP} calls that were up are gone`);
console.table(rows);
for (const fault of faults) console.log(`! ${fault}`);
await system.stop();
process.exit(faults.length > 0 ? 1 : 0);
