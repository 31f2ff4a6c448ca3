/**
 * Threat L12: what each method carries over each transport, and what is left of it at four times as much.
 *
 *     taskset -c 0 node test/bench/overload.ts [--seconds 5 | --minutes 30] [--transports udp,tcp,tls] [--methods INVITE,...] [--crowd 40]
 *         [--rounds 1] [--appliance-on 1] [--profile FOLDER]
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
import { Claims } from "./load/claims.ts";
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
    rounds: { type: "string", default: "1" },
    "appliance-on": { type: "string", default: "1" },
    profile: { type: "string" },
  },
});
const methods = values.methods.split(",");
const count = Number(values.crowd);
const rounds = Number(values.rounds);
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
const claims = new Claims();
/** Programs that begin here have our niceness, which is for voices and the PBX: appliance and crowd get that of anybody. */
const plainly: Placed = (command, args) => ["nice", ["-n", String(-getPriority()), command, ...args]];
const first: Placed = (command, args) =>
  process.getuid?.() === 0 ? ["chrt", ["-r", "1", command, ...args]] : [command, args];

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
  // What the fifty ask is work as well, so they ask for it all the time.
  const staff = legitimate(steady);
  const before = empty ? none : await capacity(crowd, method, CAPACITY_MS, signalling);
  await calmed();
  const who = method === "strangers" ? await crowdOver(transport, "nobody", host) : crowd;
  let most = megabytes(system);
  const watch = setInterval(() => (most = Math.max(most, megabytes(system))), 500);
  const rate = 4 * before.perSecond;
  const load = () => flood(who, method === "strangers" ? "mixed" : method, rate, floodMs, signalling);
  voices.countAnew();
  const [plains, floods, waits]: [Done[], (Flooded & Done)[], number[]] = [[before], [], []];
  const jitters: number[] = [];
  // A neighbour that takes the processor for a while takes it from both: what is carried is asked before and after.
  for (let round = 0; round < rounds; round++) {
    floods.push(await inProfile(where, load));
    // What a voice's jitter is said to be is that of its last second or so.
    jitters.push((await voices.heard()).jitterUs);
    waits.push(await recovered(who));
    if (!empty) plains.push(await capacity(crowd, method, CAPACITY_MS, signalling));
    await calmed();
  }
  const heard = await voices.heard();
  const { tried, good } = await staff();
  clearInterval(watch);
  if (who !== crowd) who.close();
  const [plain, during] = [
    mean(plains.map(({ perSecond }) => perSecond)),
    mean(floods.map(({ perSecond }) => perSecond)),
  ];
  const [back, jitter] = [Math.max(...waits), Math.max(...jitters)];
  const offered = (mean(floods.map(({ asked }) => asked)) / floodMs) * 1_000;
  const [share, success] = [(100 * during) / plain, (100 * good) / tried];
  const byCpu = (100 * mean(plains.map(({ cpuEach }) => cpuEach))) / mean(floods.map(({ cpuEach }) => cpuEach));
  const steadyVoice =
    heard.lost === 0 && heard.twoWay === UP && jitter <= Math.max(2 * calm.jitterUs, calm.jitterUs + 500);
  const holds = [
    claims.check("offered", offered >= 0.98 * rate, `${where}: ${offered.toFixed(0)} of ${rate.toFixed(0)} a second`),
    claims.check("goodput", empty || share >= 95, `${where}: ${share.toFixed(0)} %`),
    claims.check("legitimate", success >= 99, `${where}: ${success.toFixed(1)} %`),
    claims.check("recovery", back <= RECOVERY_MS, `${where}: ${(back / 1_000).toFixed(1)} s`),
    claims.check("memory", most <= MOST_MB, `${where}: ${most} MB`),
    claims.check("voice", steadyVoice, `${where}: jitter ${jitter} µs, ${heard.lost} lost, ${heard.twoWay} both ways`),
  ].every(Boolean);
  const work = { plain: Math.round(plain), offered: Math.round(offered), goodput: Math.round(during) };
  const held = Math.round(mean(floods.map((one) => (100 * one.held) / one.asked)));
  const voice = { "jitter µs": Math.round(jitter), "p99 µs": heard.p99, lost: heard.lost };
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

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, one) => sum + one, 0) / figures.length;
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
claims.check("calls lost", lost === 0, `${lost} of ${UP}`);
console.table(rows);
for (const line of claims.lines()) console.log(line);
voices.close();
await system.stop();
process.exit(claims.allHold ? 0 : 1);
