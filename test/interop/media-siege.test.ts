/**
 * Threats L1, L2 and L3 in network namespaces, small: the programs and the claims are those of test/bench/siege/main.ts, which does it at full size.
 * The relay, the parties of the calls and the stranger are three hosts.
 */
import { expect } from "vitest";
import { floodSiege, raceSiege, spraySiege } from "../bench/siege/siege.ts";
import { floodFaults, raceFaults, sprayFaults } from "../bench/siege/verdict.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";

const scenario = laboratoryTest("g++");
const control = laboratoryTest("g++", "rtpengine");
const calls = 8;
const ports = { first: 20_000, last: 20_047 };
/** Seven to each port in each phase: five that agree would be learnt. */
const spray = { calls, ports, packetsPerSecond: 3_000, rounds: 7 };

scenario(
  "threat L1: RTP and RTCP to every port before, during and after calls, on hold, across re-INVITEs: none comes back, none gets through, every call is heard",
  async () => {
    const order = { ...spray, relay: "native" } as const;
    expect(sprayFaults(order, await spraySiege(order))).toEqual([]);
  },
);

control("the control: rtpengine passes the same packets on (CVE-2025-53399), so the siege bites", async () => {
  const order = { ...spray, relay: "rtpengine" } as const;
  const { phases } = await spraySiege(order);
  expect(phases.reduce((sum, { injected }) => sum + injected, 0)).toBeGreaterThan(100);
});

scenario(
  "threat L2: SRTP with wrong tags, cut, replayed or of another SSRC, also with the phone's source, changes nothing",
  async () => {
    const order = { relay: "native", calls, ports, packetsPerSecond: 2_000, seconds: 1 } as const;
    const phases = await floodSiege(order);
    expect(floodFaults(order, phases)).toEqual([]);
    // However many packets of a stranger, one line of the log.
    expect(phases[1]?.reported).toBe(1);
  },
);

scenario(
  "threat L3: a stranger's DTLS at every port while browsers call: all connect, and what one port may ask for is capped",
  async () => {
    const order = { calls, ports, packetsPerSecond: 5_000, garbage: 40, seconds: 1 };
    expect(raceFaults(order, await raceSiege(order))).toEqual([]);
  },
);
