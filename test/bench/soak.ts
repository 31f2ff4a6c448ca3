/**
 * Calls that come and go with media both ways for as long as one likes: `node test/bench/soak.ts [calls] [minutes] [talk seconds] [calls first]`.
 * Prints a line a minute, and at the end whether memory stayed flat and what was lost. Half of the calls have SRTP on the carrier's leg.
 * Before it, so many calls without a word: 5,000 are in memory with their decisions, and until they are there each call adds one.
 */
import { sleep } from "./bench.ts";
import { cpuOf, residentOf } from "./cpu.ts";
import { SoakCalls } from "./load/soak-calls.ts";
import { SoakVoices } from "./load/soak-voices.ts";
import { ready } from "./metrics.ts";
import { ringfence } from "./peers/ringfence.ts";
import { theSite } from "./peers/site.ts";
import { type Weight, weightOf } from "./weight.ts";

const [calls = 300, minutes = 60, talkSeconds = 60, callsFirst = 0] = process.argv.slice(2).map(Number);
const reportMs = 60_000;

const voices = await SoakVoices.open(calls);
const system = ringfence({ trunkMedia: 'srtp: "optional"', name: "Ringfence", inspected: true });
const outcomes = { done: 0, failed: 0 };
const ends = await SoakCalls.open(theSite, voices);
await ready();
await ends.wordless(callsFirst);

const until = performance.now() + minutes * 60_000;
async function occupy(place: number): Promise<void> {
  // Begun one after another over the first ten seconds, and each time with another length: never in step.
  await sleep((place / calls) * 10_000);
  while (performance.now() < until) {
    const talkMs = talkSeconds * 1_000 * (0.5 + Math.random());
    outcomes[await ends.run(place, Math.min(talkMs, Math.max(1_000, until - performance.now())), place % 2 === 0)]++;
  }
}

/** Without what waits to be collected, while as many calls stand as ever will: after a sixth of the time, and at its end. */
const weighings = [minutes * 10_000, minutes * 60_000 - 5_000].map((ms) =>
  sleep(ms).then(() => weightOf(system, theSite)),
);
let before = { cpu: cpuOf(system.pid), received: 0, at: performance.now() };
async function report(): Promise<void> {
  const heard = await voices.heard();
  voices.countAnew();
  const now = { cpu: cpuOf(system.pid), received: heard.received, at: performance.now() };
  const minute = Math.round((now.at - (until - minutes * 60_000)) / 60_000);
  const perSecond = (now.received - before.received) / ((now.at - before.at) / 1_000);
  const microseconds = ((now.cpu - before.cpu) * 1_000) / Math.max(1, now.received - before.received);
  console.log(
    `minute ${minute}: ${outcomes.done} calls done, ${outcomes.failed} failed; ${Math.round(perSecond)} packets/s, ` +
      `${heard.sent - heard.received - heard.unheard} not (yet) arrived, p50 ${heard.p50} µs, p99 ${heard.p99} µs; ` +
      `${microseconds.toFixed(1)} µs CPU a packet; ${Math.round(residentOf(system.pid) / 1_024)} MB`,
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
const [early, late] = await Promise.all(weighings);
const grown = (what: keyof Weight): string => (((late?.[what] ?? 0) - (early?.[what] ?? 0)) / 1_024).toFixed(1);
console.log(
  `${outcomes.done} calls done, ${outcomes.failed} failed; ${sent} packets sent, ${lost} lost, ` +
    `${refused} not taken by the kernel, ${unheard} came back and found the generator's own buffers full; after a collection ` +
    `memory grew by ${grown("resident")} MB and the heap by ${grown("heap")} MB between a sixth of the time and its end`,
);
voices.close();
ends.close();
await system.stop();
process.exitCode = outcomes.failed === 0 && lost === 0 ? 0 : 1;
