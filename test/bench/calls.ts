/**
 * CPU of one call, INVITE to BYE with SDP and media anchored, against Kamailio with topoh and rtpengine in the same run:
 *   node test/bench/calls.ts [calls a second] [calls a round] [rounds]
 * The systems take turns; the figure is the median over the rounds of user and system time of all processes of a system,
 * divided by the calls that succeeded. SIPp calls and answers; its own limit is near 1,000 calls a second.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CallSystem, callee, caller, entry, kamailioWithRtpengine, ringfence } from "./call-system.ts";

const [rate = 100, calls = 2000, rounds = 3] = process.argv.slice(2).map(Number);
/** Time for a system to start and to let the last round's timers go, in ms. */
const SETTLE = 3_000;

const missing = ["sipp", "kamailio", "rtpengine"].filter((name) => spawnSync("which", [name]).status !== 0);
const systems = [
  ringfence,
  ...(missing.includes("kamailio") || missing.includes("rtpengine") ? [] : [kamailioWithRtpengine]),
];
if (missing.length > 0)
  console.log(`not installed: ${missing.join(", ")} (apt-get install sip-tester kamailio rtpengine-daemon)`);
if (missing.includes("sipp")) process.exit(2);

const figures = new Map<string, number[]>();
for (let round = 0; round < rounds; round++) {
  for (const start of systems) {
    const system = start();
    await sleep(SETTLE);
    // The first calls warm what is compiled at run time; a service runs for months.
    await drive(Math.min(calls, 500));
    const { cpu, succeeded } = await measured(system);
    await system.stop();
    figures.set(system.name, [...(figures.get(system.name) ?? []), cpu / succeeded]);
    console.log(
      `round ${round + 1}: ${system.name}: ${(cpu / succeeded).toFixed(2)} ms a call, ${succeeded} of ${calls}`,
    );
  }
}
const base = median(figures.get("Kamailio + topoh + rtpengine") ?? []);
console.log(`\n${rate} calls/s, ${calls} calls, median of ${rounds} rounds, Node ${process.version}`);
for (const [name, values] of figures) {
  const value = median(values);
  console.log(
    `${name.padEnd(42)} ${value.toFixed(2)} ms  ${Number.isNaN(base) ? "" : `× ${(value / base).toFixed(2)}`}`,
  );
}

async function measured(system: CallSystem): Promise<{ readonly cpu: number; readonly succeeded: number }> {
  const before = system.cpu();
  const succeeded = await drive(calls);
  return { cpu: system.cpu() - before, succeeded };
}

/** One SIPp round; the number of calls that succeeded. */
async function drive(count: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "call-bench-sipp-"));
  const common = ["-nostdin", "-trace_stat", "-fd", "1"];
  const answerer = spawn("sipp", ["-sn", "uas", "-i", callee.address, "-p", String(callee.port), "-nostdin"], {
    stdio: "ignore",
  });
  await sleep(500);
  const to = `${entry.address}:${entry.port}`;
  const statistics = join(folder, "calls.csv");
  const dial = spawn(
    "sipp",
    [
      "-sn",
      "uac",
      "-i",
      caller,
      "-p",
      "15090",
      "-r",
      String(rate),
      "-m",
      String(count),
      ...common,
      "-stf",
      statistics,
      to,
    ],
    { stdio: "ignore" },
  );
  await new Promise((resolve) => dial.once("exit", resolve));
  answerer.kill("SIGKILL");
  const lines = spawnSync("tail", ["-n", "1", statistics], { encoding: "utf8" }).stdout.split(";");
  const header = spawnSync("head", ["-n", "1", statistics], { encoding: "utf8" }).stdout.split(";");
  rmSync(folder, { recursive: true, force: true });
  return Number(lines[header.indexOf("SuccessfulCall(C)")] ?? 0);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
