/**
 * Calls that come and go with media both ways for as long as one likes: `node test/bench/soak.ts [calls] [minutes] [talk seconds]`.
 * Prints a line a minute, and at the end whether memory stayed flat and what was lost. Half of the calls have SRTP on the carrier's leg.
 */
import { sleep } from "./bench.ts";
import { cpuOf, residentOf } from "./cpu.ts";
import { SoakCalls } from "./load/soak-calls.ts";
import { SoakVoices } from "./load/soak-voices.ts";
import { ready } from "./metrics.ts";
import { ringfence } from "./peers/ringfence.ts";
import { theSite } from "./peers/site.ts";

const [calls = 300, minutes = 60, talkSeconds = 60] = process.argv.slice(2).map(Number);
const reportMs = 60_000;

const voices = await SoakVoices.open(calls);
const system = ringfence({ trunkMedia: 'srtp: "optional"', name: "Ringfence" });
const outcomes = { done: 0, failed: 0 };
const ends = await SoakCalls.open(theSite, voices);
await ready();

const until = performance.now() + minutes * 60_000;
async function occupy(place: number): Promise<void> {
  // Begun one after another over the first ten seconds, and each time with another length: never in step.
  await sleep((place / calls) * 10_000);
  while (performance.now() < until) {
    const talkMs = talkSeconds * 1_000 * (0.5 + Math.random());
    outcomes[await ends.run(place, Math.min(talkMs, Math.max(1_000, until - performance.now())), place % 2 === 0)]++;
  }
}

interface Sample {
  readonly minute: number;
  readonly residentKb: number;
}
const samples: Sample[] = [];
let before = { cpu: cpuOf(system.pid), received: 0, at: performance.now() };
async function report(): Promise<void> {
  const heard = await voices.heard();
  voices.countAnew();
  const now = { cpu: cpuOf(system.pid), received: heard.received, at: performance.now() };
  const residentKb = residentOf(system.pid);
  const minute = Math.round((now.at - (until - minutes * 60_000)) / 60_000);
  samples.push({ minute, residentKb });
  const perSecond = (now.received - before.received) / ((now.at - before.at) / 1_000);
  const microseconds = ((now.cpu - before.cpu) * 1_000) / Math.max(1, now.received - before.received);
  console.log(
    `minute ${minute}: ${outcomes.done} calls done, ${outcomes.failed} failed; ${Math.round(perSecond)} packets/s, ` +
      `${heard.sent - heard.received - heard.unheard} not (yet) arrived, p50 ${heard.p50} µs, p99 ${heard.p99} µs; ` +
      `${microseconds.toFixed(1)} µs CPU a packet; ${Math.round(residentKb / 1_024)} MB`,
  );
  before = now;
}
const timer = setInterval(() => void report(), reportMs);
await Promise.all(Array.from({ length: calls }, (_, place) => occupy(place)));
clearInterval(timer);
await sleep(1_000);
await report();

const { sent, received, refused, unheard } = await voices.heard();
const lost = sent - received - unheard;
const settled = samples.slice(Math.ceil(samples.length / 6));
const growth = ((settled.at(-1)?.residentKb ?? 0) - (settled[0]?.residentKb ?? 0)) / 1_024;
console.log(
  `${outcomes.done} calls done, ${outcomes.failed} failed; ${sent} packets sent, ${lost} lost, ` +
    `${refused} not taken by the kernel, ${unheard} came back and found the generator's own buffers full; ` +
    `memory from minute ${settled[0]?.minute} to ${settled.at(-1)?.minute}: ${growth >= 0 ? "+" : ""}${growth.toFixed(1)} MB`,
);
voices.close();
ends.close();
await system.stop();
process.exitCode = outcomes.failed === 0 && lost === 0 ? 0 : 1;
