/**
 * `node test/fuzz/call-storm.fuzz.ts --calls 100000 [--seed N]`, or `--seconds N`: threat L15 at length. Ten batches; after
 * each every counter must be what it was, and from the second on memory must not grow.
 */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CALLS_OF_AN_ACCOUNT, CallStorm } from "../support/storm.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string" }, seed: { type: "string" }, calls: { type: "string" } },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const calls = values.calls === undefined ? undefined : Number(values.calls);
const seconds = Number(values.seconds ?? (calls === undefined ? 60 : Number.POSITIVE_INFINITY));
const BATCHES = 10;
const batch = calls === undefined ? 500 : Math.ceil(calls / BATCHES);
/** What the heap may hold more after the last batch than after the second: compiled code, and the odd megabyte. */
const GROWTH = 4;

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

function heapMegabytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

const storm = new CallStorm(seed);
const before = JSON.stringify(storm.counters());
const began = performance.now();
const heaps: number[] = [];
const findings: string[] = [];
const elapsed = (): number => (performance.now() - began) / 1_000;

for (let number = 1; findings.length === 0 && elapsed() < seconds; number++) {
  if (calls !== undefined && number > BATCHES) break;
  storm.calls(batch);
  findings.push(...storm.ledger().wrong.map((wrong) => `batch ${number}: ${wrong}`));
  heaps.push(heapMegabytes());
  const after = JSON.stringify(storm.counters());
  if (after !== before) findings.push(`batch ${number}: ${after}, before ${before}`);
  const heap = heaps.at(-1)?.toFixed(1);
  console.log(`batch ${number}: ${storm.totals.calls} calls, heap ${heap} MB, ${elapsed().toFixed(0)} s`);
}
const limit = findings.length === 0 ? storm.callsOfOneAccount() : CALLS_OF_AN_ACCOUNT;
if (limit !== CALLS_OF_AN_ACCOUNT) findings.push(`an account had ${limit} calls at one time`);
const grown = (heaps.at(-1) ?? 0) - (heaps[1] ?? 0);
// What is remembered of past calls has a cap, which only a long run reaches before it is measured.
if (calls !== undefined && batch >= 10_000 && grown > GROWTH) findings.push(`memory grew by ${grown.toFixed(1)} MB`);

const { totals } = storm;
const ends = [...totals.ended].map(([reason, count]) => `${reason} ${count}`).join(", ");
console.log(
  `call-storm: seed ${seed}, ${totals.calls} calls, ${totals.messages} messages, ${totals.restarts} restarts of the PBX`,
);
console.log(`call-storm: ${ends}; ${elapsed().toFixed(0)} s, ${findings.length} findings`);
for (const finding of findings) console.log(`call-storm: ${finding}`);
process.exitCode = findings.length === 0 ? 0 : 1;
