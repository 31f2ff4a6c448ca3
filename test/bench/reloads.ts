/**
 * Reload after reload while calls come and go (threat L9): `node test/bench/reloads.ts [RELOADS] [CALLS A SECOND] [CALLS FIRST]`. Each
 * takes another limit; every other one opens a listener and brings a trunk, and the next closes and removes them. Connections stand all
 * the time. Prints resident memory and the heap after a collection ten times, and at the end what was lost and how much it is since the
 * beginning, both times without a call. The process is started with an inspector, through which its garbage is collected first.
 *
 * The beginning is the first tenth and as many calls as were asked for: 5,000 are in memory with their decisions, and until they are
 * there each call adds one (`20000 20 5000` says what reloads leave). Fewer than a hundred reloads weigh nothing.
 */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { askControl } from "../../packages/appliance/src/io/control-client.ts";
import { sleep } from "./bench.ts";
import { residentOf } from "./cpu.ts";
import { Inspector } from "./inspector.ts";
import { audioAt, CarrierCalls } from "./load/carrier-calls.ts";
import { metric, ready } from "./metrics.ts";
import { ringfence } from "./peers/ringfence.ts";
import { siteOf } from "./peers/site.ts";

const [reloads = 10_000, callsPerSecond = 20, callsFirst = 0] = process.argv.slice(2).map(Number);
const CONNECTIONS = 50;
const TALK_MS = 1_000;
/** Reports at most: at full size one a thousand. */
const REPORTS = 10;
const WEIGHED = 100;

const site = siteOf(7);
const { entry, caller, inspector: inspectorAt } = site;
const tcp = (port: number): string => `{ transport: tcp, address: ${entry.address}, port: ${port} }`;
// No packets flow, so what would move them is not its matter.
const media = "engine: js, ports: 20000-31999";
const system = ringfence({ site, inspected: true, media, listen: [tcp(entry.port)] });
await ready(site);
const inspector = await Inspector.attach(inspectorAt);
const file = system.path("ringfence.yaml");
const plain = readFileSync(file, "utf8");
const control = `${system.path("state")}/control.sock`;

function configOf(round: number): string {
  const limited = plain.replace("calls: 5000", `calls: ${5_000 + round}`);
  if (round % 2 === 0) return limited;
  const other = `{ name: other, mode: peer, hosts: [{ uri: "sip:127.0.0.9:9" }], from: [127.0.0.9] }`;
  return limited.replace("trunks: [", `trunks: [${other}, `).replace("listen: [", `listen: [${tcp(entry.port + 1)}, `);
}

let dropped = 0;
let stopping = false;
/** From the carrier's address: nobody else's connection stands without a registration. */
const connections: readonly Socket[] = await Promise.all(
  Array.from({ length: CONNECTIONS }, async () => {
    const socket = connect({ host: entry.address, port: entry.port, localAddress: caller.address });
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (!stopping) dropped++;
    });
    return socket;
  }),
);

const ends = await CarrierCalls.open(site, true);
const outcomes = { done: 0, failed: 0 };
const running = new Set<Promise<void>>();
async function call(number: number): Promise<void> {
  const answered = await ends.exchange(
    number,
    audioAt({ ...caller, port: 40_000 }),
    audioAt({ ...site.pbx, port: 40_002 }),
  );
  await sleep(TALK_MS);
  const ended = answered !== undefined && (await ends.hangUp(number));
  outcomes[ended ? "done" : "failed"]++;
}
let numbers = 0;
let calls: NodeJS.Timeout | undefined;
function callOn(): void {
  calls = setInterval(() => {
    const one = call(++numbers).finally(() => running.delete(one));
    running.add(one);
  }, 1_000 / callsPerSecond);
}

/** No call is left, nor what transactions remember of them for half a minute: then memory is weighed. */
async function quiet(): Promise<void> {
  clearInterval(calls);
  await Promise.all(running);
  if (reloads < WEIGHED) return;
  for (let seconds = 0; seconds < 60 && (await metric("ringfence_transactions", site)) > 0; seconds++) {
    await sleep(1_000);
  }
}

interface Sample {
  readonly residentMb: number;
  readonly heapMb: number;
}

async function report(done: number): Promise<Sample> {
  // What is collected first leaves what its finalisers leave.
  for (let i = 0; i < 2; i++) await inspector.send("HeapProfiler.collectGarbage");
  const { usedSize } = await inspector.send("Runtime.getHeapUsage");
  const residentMb = residentOf(system.pid) / 1_024;
  const heapMb = Number(usedSize) / 1_048_576;
  const memory = `${residentMb.toFixed(1)} MB resident, ${heapMb.toFixed(2)} MB heap`;
  console.log(
    `${done} reloads, ${memory}; ${outcomes.done} calls done, ${outcomes.failed} failed, ${dropped} connections dropped`,
  );
  return { residentMb, heapMb };
}

const begun = performance.now();
let refused = 0;
let settled: Sample | undefined;
let settledAfter = 0;
callOn();
for (let round = 1; round <= reloads; round++) {
  system.file("ringfence.yaml", configOf(round));
  const { report: said } = await askControl(control, { command: "reload", by: "bench" }, 60_000);
  if (said.outcome !== "applied") refused++;
  if (round % Math.ceil(reloads / REPORTS) !== 0) continue;
  if (settled !== undefined || outcomes.done < callsFirst) await report(round);
  else {
    // What was filled by then (caches, code, tables of fixed size) is no growth.
    await quiet();
    settled = await report(round);
    settledAfter = round;
    callOn();
  }
}
const seconds = (performance.now() - begun) / 1_000;
await quiet();
const last = await report(reloads);
for (const [what, times] of ends.failures) console.log(`${times} times ${what}`);
stopping = true;
for (const socket of connections) socket.destroy();
ends.close();
inspector.close();
await system.stop();
const growth = (key: keyof Sample): string => (settled && last[key] - settled[key])?.toFixed(1) ?? "?";
console.log(
  `${reloads} reloads in ${Math.round(seconds)} s, ${refused} refused; ${outcomes.done} calls done, ${outcomes.failed} failed; ` +
    `${dropped} of ${CONNECTIONS} connections dropped; since reload ${settledAfter}: ${growth("residentMb")} MB resident, ${growth("heapMb")} MB heap`,
);
process.exitCode = refused + outcomes.failed + dropped === 0 ? 0 : 1;
