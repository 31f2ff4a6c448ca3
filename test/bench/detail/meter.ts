/**
 * Nanoseconds of CPU that the counters add to a packet in the portable engine: `node test/bench/detail/meter.ts [rounds]`,
 * median of the rounds. "sampled" is G.711, of which one packet in 32 has its level looked at; "report" a receiver report,
 * read and cut to what may cross.
 */
import { RtcpMeter } from "../../../packages/media/src/engine/rtcp-meter.ts";
import { RtpMeter } from "../../../packages/media/src/engine/rtp-meter.ts";
import type { PayloadFormat } from "../../../packages/media/src/engine/stream-report.ts";
import { filterRtcp } from "../../../packages/media/src/rtcp/rtcp-filter.ts";
import { rtpPacket } from "../../support/udp-host.ts";

const rounds = Math.max(3, Number(process.argv[2] ?? 9));
const packets = 2_000_000;
const streams = 500;

function rtp(format: PayloadFormat): () => number {
  const meters = Array.from({ length: streams }, () => new RtpMeter());
  for (const meter of meters) meter.configure([format]);
  const packet = rtpPacket({ sequence: 0, type: format.type });
  let number = 0;
  return () => {
    const before = process.cpuUsage();
    for (let n = 0; n < packets; n++) {
      if (n % streams === 0) number++;
      packet[2] = (number >> 8) & 0xff;
      packet[3] = number & 0xff;
      meters[n % streams]?.packet(packet, packet.length, number * 20);
    }
    return cpuSince(before);
  };
}

function rtcp(): () => number {
  const meter = new RtcpMeter();
  const packet = Buffer.alloc(32);
  packet.set([0x81, 201, 0, 7]);
  const rules = { feedback: false, reducedSize: false };
  return () => {
    const before = process.cpuUsage();
    for (let n = 0; n < packets; n++) {
      meter.received(packet, packet.length, 0, n);
      filterRtcp(packet, packet.length, rules);
    }
    return cpuSince(before);
  };
}

/** Nanoseconds a packet. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / packets;
}

const contenders = {
  "RTP, opus": rtp({ type: 111, clockRate: 48_000, role: "media" }),
  "RTP, G.711 sampled": rtp({ type: 0, clockRate: 8000, role: "pcmu" }),
  "RTCP report": rtcp(),
};

const figures = new Map<string, number[]>();
for (let round = 0; round <= rounds; round++) {
  for (const [name, turn] of Object.entries(contenders)) {
    const nanoseconds = turn();
    // The first is the compiler's.
    if (round > 0) figures.set(name, [...(figures.get(name) ?? []), nanoseconds]);
  }
}
for (const [name, all] of figures) {
  const median = all.toSorted((one, two) => one - two)[Math.floor(all.length / 2)] ?? 0;
  process.stdout.write(`${name.padEnd(20)} ${median.toFixed(0)} ns\n`);
}
