/**
 * Threat L12: what each method carries over each transport, and what is left of it at four times as much.
 *
 *     taskset -c 0 node test/bench/overload.ts [--seconds 5 | --minutes 30] [--transports udp,tcp,tls] [--methods INVITE,...] [--crowd 40]
 *         [--rounds 2] [--appliance-on 1] [--profile FOLDER]
 *
 * The appliance has one processor; the crowd, the voices and the PBX have the other, the voices before the PBX and the PBX before the crowd,
 * so that what is measured is not the generator. A hundred calls with voice are up all the time, and fifty registered phones go on registering
 * and calling. What is carried and four times as much are measured in turn, and each flood is held against what was carried just before and just
 * after it; `--minutes` is the time of all floods together. `strangers`: the same mixture from phones that are not registered, beside
 * which nothing but the fifty is measured. Prints for each row what L12 claims and under what conditions it was measured, and for each claim
 * whether it holds; ends with 1 when one does not. `held %` is what connections did not take of what was offered: their windows were closed.
 * `% by CPU` is goodput by the processor time of the signalling thread: what neighbours take away is not lost to the flood. A jitter that
 * rises with `voices wait` is the generator's, with `packets wait` the appliance's.
 */
import { getPriority } from "node:os";
import { parseArgs } from "node:util";
import { sleep } from "./bench.ts";
import { residentOf } from "./cpu.ts";
import { BenchPhone, type UpCall } from "./load/bench-phone.ts";
import { Claims } from "./load/claims.ts";
import { Crowd, type Transport, transports } from "./load/crowd.ts";
import type { Placed } from "./load/generator.ts";
import { measureRow, type Stage } from "./load/overload-row.ts";
import { type Verdict, verdictOn } from "./load/overload-verdict.ts";
import { type Phase, Work } from "./load/overload-work.ts";
import { SoakVoices } from "./load/soak-voices.ts";
import { Witness } from "./load/witness.ts";
import { yesPbx } from "./load/yes-pbx.ts";
import { conditions } from "./machine.ts";
import { ready } from "./metrics.ts";
import { ringfence } from "./peers/ringfence.ts";
import { siteOf } from "./peers/site.ts";
import { profiled } from "./profile.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    minutes: { type: "string" },
    transports: { type: "string", default: transports.join(",") },
    methods: { type: "string", default: "INVITE,REGISTER,OPTIONS,MESSAGE,SUBSCRIBE,mixed,strangers,junk" },
    crowd: { type: "string", default: "40" },
    rounds: { type: "string", default: "2" },
    "appliance-on": { type: "string", default: "1" },
    profile: { type: "string" },
  },
});
const methods = values.methods.split(",");
const count = Number(values.crowd);
const rounds = Number(values.rounds);
const chosen = transports.filter((name) => values.transports.split(",").includes(name));
const floodsInAll = methods.length * chosen.length * rounds;
const floodMs =
  1_000 * (values.minutes === undefined ? Number(values.seconds) : (Number(values.minutes) * 60) / floodsInAll);
const COMPILING_MS = 8_000;
const LEGITIMATE = 50;
const UP = 100;
const CALM_MS = 5_000;

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
  `${up.length} calls up, ${Math.round(residentOf(system.pid) / 1_024)} MB; voice: ${calm.twoWay} both ways, jitter ${calm.jitterUs} µs, p99 ${calm.p99} µs, ${calm.lost} lost`,
);

const stage: Stage = {
  site,
  pid: system.pid,
  voices,
  steady,
  work: new Work(new Witness(system.pid, voices.pid, site), voices),
  floodMs,
  rounds,
  look: (where, phase) => (values.profile === undefined ? phase() : inProfile(values.profile, where, phase)),
};
const verdicts: Verdict[] = [];
for (const transport of chosen) {
  const host = 3 + 2 * transports.indexOf(transport);
  const crowd = await crowdOver(transport, "crowd", host);
  if ((await crowd.register()) < count) throw new Error(`the crowd cannot register over ${transport}`);
  // What the compiler has not seen often enough is slow, and would be half as much the first time as the second.
  await crowd.carry("mixed", COMPILING_MS);
  for (const method of methods) {
    const row = await measureRow(stage, { method, transport }, crowd, () => crowdOver(transport, "nobody", host + 1));
    const verdict = verdictOn(row, UP, claims);
    verdicts.push(verdict);
    console.log(JSON.stringify({ ...verdict.figures, ...verdict.conditions }));
  }
  crowd.close();
}

async function inProfile(folder: string, where: string, measure: () => Promise<Phase>): Promise<Phase> {
  let phase: Phase | undefined;
  const drive = async (): Promise<number> => {
    phase = await measure();
    return phase.done;
  };
  console.log(await profiled(folder, where, drive, site.inspector));
  if (phase === undefined) throw new Error("nothing was measured");
  return phase;
}

const ended = await Promise.all(up.map(([phone, call]) => phone.hangUp(call)));
const lost = UP - ended.filter(Boolean).length;
claims.check("calls lost", lost === 0, `${lost} of ${UP}`);
console.table(verdicts.map(({ figures }) => figures));
console.table(verdicts.map((verdict) => verdict.conditions));
for (const line of claims.lines()) console.log(line);
voices.close();
await system.stop();
process.exit(claims.allHold ? 0 : 1);
