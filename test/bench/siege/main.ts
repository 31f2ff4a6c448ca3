/**
 * Threats L1, L2 and L3 at full size, in network namespaces (root):
 *
 *     node test/bench/siege/main.ts spray [native | js | rtpengine] [calls]
 *     node test/bench/siege/main.ts flood [native | js] [calls] [seconds]
 *     node test/bench/siege/main.ts race [calls]
 *
 * Prints what was sent and what came of it. Ends with 1 when a claim does not hold; for rtpengine, the control, when it does.
 */
import { conditions } from "../machine.ts";
import { relayNames } from "./relay.ts";
import { floodSiege, raceSiege, spraySiege } from "./siege.ts";
import { floodFaults, raceFaults, sprayFaults } from "./verdict.ts";

const [kind, ...rest] = process.argv.slice(2);
const words = rest.filter((word) => Number.isNaN(Number(word)));
const [calls = kind === "race" ? 100 : 200, seconds = 60] = rest.map(Number).filter((number) => !Number.isNaN(number));
const relay = relayNames.find((name) => name === words[0]) ?? "native";
/** Four ports a call, and as many that nobody uses. */
const ports = { first: 20_000, last: 20_000 + 5 * calls - 1 };

function table(rows: readonly object[]): void {
  console.table(rows);
}

async function faults(): Promise<readonly string[]> {
  if (kind === "spray") {
    const order = { relay, calls, ports, packetsPerSecond: 10_000, rounds: 60 };
    const result = await spraySiege(order);
    table(result.phases);
    console.log(
      `resumed after a re-INVITE: ${result.resumed.calls} calls, the slowest after ${result.resumed.slowestMs} ms; ${result.reported} lines rtp.foreign_source`,
    );
    const { asked, refused, packets } = result.misdirected;
    console.log(`re-INVITEs that name other hosts: ${asked}, ${refused} refused; ${packets} packets to these hosts`);
    const found = sprayFaults(order, result);
    if (relay !== "rtpengine") return found;
    console.log(`the control shows: ${found.join("; ")}`);
    return found.length > 0 ? [] : ["rtpengine passes nothing on: the siege does not bite"];
  }
  if (kind === "flood" && relay !== "rtpengine") {
    const order = { relay, calls, ports, packetsPerSecond: 10_000, seconds };
    const phases = await floodSiege(order);
    table(
      phases.map(({ ofOne, ...of }) => ({
        ...of,
        ...Object.fromEntries(Object.entries(ofOne).map(([name, value]) => [`one: ${name}`, value])),
      })),
    );
    return floodFaults(order, phases);
  }
  if (kind === "race") {
    const order = { calls, ports, packetsPerSecond: 20_000, garbage: 1_000, seconds: 5 };
    const result = await raceSiege(order);
    console.log(result);
    return raceFaults(order, result);
  }
  return ["spray, flood or race"];
}

for (const line of conditions()) console.log(line);
const found = await faults();
for (const fault of found) console.log(`! ${fault}`);
process.exitCode = found.length > 0 ? 1 : 0;
