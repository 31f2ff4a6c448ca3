/**
 * Threat L12: what each method carries over each transport, and what is left of it at four times as much.
 *
 *     taskset -c 0 node test/bench/overload.ts [--seconds 5 | --minutes 30] [--transports udp,tcp,tls] [--methods INVITE,...] [--crowd 40]
 *         [--appliance-on 1] [--profile FOLDER]
 *
 * The appliance has one processor; the crowd, the voices and the PBX have the other, the voices before the PBX and the PBX before the crowd,
 * so that what is measured is not the generator. A hundred calls with voice are up all the time, and fifty registered phones go on registering
 * and calling; `--minutes` is the time of all rows together. `strangers`: the same mixture from phones that are not registered, beside
 * which nothing but the fifty is measured. Prints a line for each, and for each claim whether it holds; ends with 1 when one does not. `held %`
 * is what connections did not take of what was offered: their windows were closed. `% by CPU` is goodput by the processor time of the signalling
 * thread: on a machine whose neighbours take the processor away, what is lost to them is not lost to the flood.
 */
import { getPriority } from "node:os";
import { parseArgs } from "node:util";
import { sleep } from "./bench.ts";
import { cpuOfThreads, residentOf } from "./cpu.ts";
import { BenchPhone, type UpCall } from "./load/bench-phone.ts";
import { Crowd, type Flooded, type Transport, transports } from "./load/crowd.ts";
import type { Placed } from "./load/generator.ts";
import { capacity, type Done, flood, legitimate } from "./load/overload-work.ts";
import { SoakVoices } from "./load/soak-voices.ts";
import { yesPbx } from "./load/yes-pbx.ts";
import { conditions } from "./machine.ts";
import { metric, ready } from "./metrics.ts";
import { ringfence } from "./peers/ringfence.ts";
import { siteOf } from "./peers/site.ts";
import { profiled } from "./profile.ts";
import type { System } from "./system.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    minutes: { type: "string" },
    transports: { type: "string", default: transports.join(",") },
    methods: { type: "string", default: "INVITE,REGISTER,OPTIONS,MESSAGE,SUBSCRIBE,mixed,strangers,junk" },
    crowd: { type: "string", default: "40" },
    "appliance-on": { type: "string", default: "1" },
    profile: { type: "string" },
  },
});
const methods = values.methods.split(",");
const count = Number(values.crowd);
const chosen = transports.filter((name) => values.transports.split(",").includes(name));
const rowsInAll = methods.length * chosen.length;
const floodMs =
  1_000 * (values.minutes === undefined ? Number(values.seconds) : (Number(values.minutes) * 60) / rowsInAll);
const CAPACITY_MS = 3_000;
const COMPILING_MS = 8_000;
const LEGITIMATE = 50;
const UP = 100;
const RECOVERY_MS = 5_000;
const CALM_MS = 5_000;
/** Four times as much is sent of what carries nothing. */
const none = { perSecond: 1_250, cpuEach: 0 };
/** Tables have an end, and so has what they weigh: calls that ended are known for half a minute more, and 500 a second leave 16,000. */
const MOST_MB = 768;

const site = siteOf(9);
const { entry, tls, pbx } = site;
const faults = new Map<string, string[]>();
const claims = ["offered", "calls lost", "voice", "goodput", "legitimate", "memory", "recovery"] as const;
/** Programs that begin here have our niceness, which is for voices and the PBX: appliance and crowd get that of anybody. */
const plainly: Placed = (command, args) => ["nice", ["-n", String(-getPriority()), command, ...args]];
const first: Placed = (command, args) =>
  process.getuid?.() === 0 ? ["chrt", ["-r", "1", command, ...args]] : [command, args];

function check(claim: (typeof claims)[number], holds: boolean, where: string): boolean {
  if (!holds) faults.set(claim, [...(faults.get(claim) ?? []), where]);
  return holds;
}

function crowdOver(transport: Transport, name: string, host: number): Promise<Crowd> {
  const to = transport === "tls" ? tls : entry;
  const place = { name: `${transport}${name}`, count, network: `127.0.${host}`, placed: plainly };
  return Crowd.open({ transport, to, ...place });
}

/** ms until nobody is refused. */
async function calmed(): Promise<number> {
  const began = performance.now();
  while ((await metric("ringfence_overload_level", site)) > 0 && performance.now() - began < 30_000) await sleep(100);
  return performance.now() - began;
}

/** ms until nobody is refused and nothing that was asked in the flood is answered any more. */
async function recovered(crowd: Crowd): Promise<number> {
  const calm = await calmed();
  let last = await crowd.last();
  for (let before = -1; before !== last; last = await crowd.last()) {
    before = last;
    await sleep(500);
  }
  return Math.max(calm, last);
}

function megabytes(system: System): number {
  return Math.round(residentOf(system.pid) / 1_024);
}

for (const line of conditions()) console.log(line);
const voices = await SoakVoices.open(UP, { phone: "127.0.0.2", pbx: "127.0.0.3", placed: first });
const more = (transport: string, { address, port }: typeof tls): string =>
  `{ transport: ${transport}, address: ${address}, port: ${port} }`;
const system = ringfence({
  site,
  listen: [more("tcp", entry), more("tls", tls)],
  phones: ["methods: { message: true, subscribe: true }"],
  media: "ports: 20000-31999, inactivity: 24h",
  // A source of the crowd may ask a thousand times a second: it is not this rule that keeps the flood out.
  extra: ["defence: { source: { new_transactions_per_second: 100 } }"],
  inspected: values.profile !== undefined,
  placed: (command, args) => plainly("taskset", ["-c", values["appliance-on"], command, ...args]),
});
await ready(site);
const towardsPbx = new Map<string, typeof pbx>();
await yesPbx(pbx, voices.pbx, (number, relay) => towardsPbx.set(number, relay));
const steady: BenchPhone[] = [];
for (let i = 0; i < LEGITIMATE; i++) {
  const phone = await BenchPhone.open(`staff${i}`, entry, `127.0.2.${1 + i}`);
  if (!(await phone.register())) throw new Error(`staff${i} cannot register`);
  steady.push(phone);
}
const up: (readonly [BenchPhone, UpCall])[] = [];
for (let i = 0; i < UP; i++) {
  const phone = steady[i % steady.length];
  const call = await phone?.call(`7${100 + i}`, voices.phone);
  const relay = towardsPbx.get(`7${100 + i}`);
  if (phone === undefined || typeof call !== "object" || relay === undefined) throw new Error(`call ${i} is not up`);
  up.push([phone, call]);
  voices.speak(i, call.media, relay, undefined);
}
await sleep(1_000);
voices.countAnew();
await sleep(CALM_MS);
const calm = await voices.heard();
console.log(
  `${up.length} calls up, ${megabytes(system)} MB; voice: ${calm.twoWay} both ways, jitter ${calm.jitterUs} µs, p99 ${calm.p99} µs, ${calm.lost} lost`,
);

const rows: object[] = [];
for (const transport of chosen) {
  const host = 3 + 2 * transports.indexOf(transport);
  const crowd = await crowdOver(transport, "crowd", host);
  if ((await crowd.register()) < count) throw new Error(`the crowd cannot register over ${transport}`);
  // What the compiler has not seen often enough is slow, and would be half as much the first time as the second.
  await crowd.carry("mixed", COMPILING_MS);
  for (const method of methods) await row(transport, method, crowd, host + 1);
  crowd.close();
}

async function row(transport: Transport, method: string, crowd: Crowd, host: number): Promise<void> {
  const empty = method === "junk" || method === "strangers";
  const where = `${method} over ${transport}`;
  const before = empty ? none : await capacity(crowd, method, CAPACITY_MS, signalling);
  await calmed();
  const staff = legitimate(steady);
  const who = method === "strangers" ? await crowdOver(transport, "nobody", host) : crowd;
  let most = megabytes(system);
  const watch = setInterval(() => (most = Math.max(most, megabytes(system))), 500);
  const rate = 4 * before.perSecond;
  const load = () => flood(who, method === "strangers" ? "mixed" : method, rate, floodMs, signalling);
  voices.countAnew();
  const during = await inProfile(where, load);
  // What a voice's jitter is said to be is that of its last second or so.
  const heard = await voices.heard();
  const back = await recovered(who);
  clearInterval(watch);
  if (who !== crowd) who.close();
  const { tried, good } = await staff();
  const after = empty ? before : await capacity(crowd, method, CAPACITY_MS, signalling);
  await calmed();
  // A neighbour that takes the processor for a while takes it from both: what is carried is asked before and after.
  const plain = (before.perSecond + after.perSecond) / 2;
  const offered = (during.asked / floodMs) * 1_000;
  const [share, success] = [(100 * during.perSecond) / plain, (100 * good) / tried];
  const byCpu = (50 * (before.cpuEach + after.cpuEach)) / during.cpuEach;
  const steadyVoice =
    heard.lost === 0 && heard.twoWay === UP && heard.jitterUs <= Math.max(2 * calm.jitterUs, calm.jitterUs + 500);
  const holds = [
    check("offered", offered >= 0.98 * rate, `${where}: ${offered.toFixed(0)} of ${rate.toFixed(0)} a second`),
    check("goodput", empty || share >= 95, `${where}: ${share.toFixed(0)} %`),
    check("legitimate", success >= 99, `${where}: ${success.toFixed(1)} %`),
    check("recovery", back <= RECOVERY_MS, `${where}: ${(back / 1_000).toFixed(1)} s`),
    check("memory", most <= MOST_MB, `${where}: ${most} MB`),
    check("voice", steadyVoice, `${where}: jitter ${heard.jitterUs} µs, ${heard.lost} lost, ${heard.twoWay} both ways`),
  ].every(Boolean);
  const carried = `${Math.round(before.perSecond)} ${Math.round(after.perSecond)}`;
  const work = { plain: carried, offered: Math.round(offered), goodput: Math.round(during.perSecond) };
  const held = Math.round((100 * during.held) / during.asked);
  const voice = { "jitter µs": Math.round(heard.jitterUs), "p99 µs": heard.p99, lost: heard.lost };
  const line = {
    method,
    transport,
    ...work,
    "held %": held,
    "%": empty ? "" : Math.round(share),
    "% by CPU": empty ? "" : Math.round(byCpu),
    legitimate: `${good}/${tried}`,
  };
  rows.push({ ...line, ...voice, "back s": (back / 1_000).toFixed(1), "RSS MB": most, holds: holds ? "yes" : "NO" });
  console.log(JSON.stringify(rows.at(-1)));
}

/** ms of the thread that is asked to do it: packets of voice have theirs. */
function signalling(): number {
  return cpuOfThreads(system.pid).get("main thread") ?? 0;
}

async function inProfile(where: string, load: () => Promise<Flooded & Done>): Promise<Flooded & Done> {
  if (values.profile === undefined) return load();
  let figures: (Flooded & Done) | undefined;
  const text = await profiled(
    values.profile,
    where.replaceAll(" ", "-"),
    async () => {
      figures = await load();
      return figures.done;
    },
    site.inspector,
  );
  console.log(text);
  if (figures === undefined) throw new Error("nothing was measured");
  return figures;
}

const ended = await Promise.all(up.map(([phone, call]) => phone.hangUp(call)));
const lost = UP - ended.filter(Boolean).length;
check("calls lost", lost === 0, `${lost} of ${UP}`);
console.table(rows);
const sentences: Readonly<Record<(typeof claims)[number], string>> = {
  offered: "four times of what is carried was offered",
  "calls lost": "0 established calls lost",
  voice: `voice of ${UP} calls unchanged: none lost, jitter as before`,
  goodput: "goodput at least 95 % of plain capacity",
  legitimate: "at least 99 % of what registered phones ask is done",
  memory: `resident memory at most ${MOST_MB} MB`,
  recovery: `back to normal within ${RECOVERY_MS / 1_000} s`,
};
for (const claim of claims) {
  const found = faults.get(claim) ?? [];
  console.log(
    `${found.length === 0 ? "yes" : "NO "}  ${sentences[claim]}${found.map((one) => `\n       ${one}`).join("")}`,
  );
}
voices.close();
await system.stop();
process.exit(faults.size > 0 ? 1 : 0);
