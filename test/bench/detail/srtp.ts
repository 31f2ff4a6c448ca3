/**
 * Microseconds of CPU a packet for each suite, back end and direction, 160-byte payload, with werift-rtp alone as the peer in the same run.
 * `node test/bench/detail/srtp.ts [rounds]`: the contenders take turns, the median of the rounds is printed, and the ratio to werift-rtp alone.
 * "forged" is the price of a packet with a wrong tag: what a flood costs us. "native" is called from JavaScript here, which the packet engine never
 * does; "of which the call" is that part, measured with packets that are refused at sight, and the engine pays the difference.
 */
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { loadNative } from "@ringfence/native";
import {
  type BackEnd,
  backEndOf,
  createProtector,
  createUnprotector,
  keyAndSaltLength,
  type SrtpSuite,
  suiteNames,
  suites,
} from "@ringfence/node-srtp";

interface Contender {
  readonly suite: SrtpSuite;
  readonly name: string;
  readonly direction: "protect" | "unprotect" | "forged";
  /** Prepares fresh packets and keys, and returns the work on one of them. */
  readonly prepare: () => (turn: number) => void;
}

/** As much of werift-rtp as is measured. */
interface Werift {
  readonly RtpPacket: { deSerialize(packet: Buffer): { readonly header: unknown; readonly payload: Buffer } };
  readonly SrtpSession: new (config: { readonly keys: object; readonly profile: number }) => WeriftSession;
}

interface WeriftSession {
  encrypt(payload: Buffer, header: unknown): Buffer;
  decrypt(packet: Buffer): Buffer;
}

const payloadLength = 160;
const headerLength = 12;
const packetLength = headerLength + payloadLength;
const packetsPerRound = 4_000;
/** Native packets take so little that the clock of the process needs more of them: the same again with fresh contexts. */
const nativeRepeats = 10;
const callAlone = "of which the call";
const rounds = Math.max(3, Number(process.argv[2] ?? 7));

// The peer is a dependency of the package, not of the tests.
const require = createRequire(fileURLToPath(import.meta.resolve("@ringfence/node-srtp")));
const peerPackage = "werift-rtp";
const werift: Werift = require(peerPackage);
const weriftProfiles = new Map<SrtpSuite, number>([
  ["AES_CM_128_HMAC_SHA1_80", 0x0001],
  ["AEAD_AES_128_GCM", 0x0007],
]);

function plainPackets(): Buffer[] {
  return Array.from({ length: packetsPerRound }, (_, sequence) => {
    const packet = Buffer.alloc(packetLength + 32, 0xd5);
    packet.writeUInt16BE(0x8000, 0);
    packet.writeUInt16BE(sequence, 2);
    packet.writeUInt32BE(sequence * payloadLength, 4);
    packet.writeUInt32BE(0xcafebabe, 8);
    return packet;
  });
}

function ours(suite: SrtpSuite, backEnd: BackEnd): readonly Contender[] {
  const name = `${backEnd}${backEndOf(suite) === backEnd ? " (default)" : ""}`;
  const key = randomBytes(keyAndSaltLength(suite));
  const sealed = (): { packets: Buffer[]; length: number } => {
    const packets = plainPackets();
    const protector = createProtector(suite, key, { backEnd });
    const lengths = packets.map((packet) => protector.rtp(packet, packetLength));
    return { packets, length: lengths[0] as number };
  };
  const unprotect = (damage: number, expected: number) => () => {
    const { packets, length } = sealed();
    for (const packet of packets) packet[length - 1] = (packet[length - 1] as number) ^ damage;
    const unprotector = createUnprotector(suite, key, { backEnd });
    return (turn: number) => expectLength(unprotector.rtp(packets[turn] as Buffer, length), expected);
  };
  const protect = () => {
    const packets = plainPackets();
    const protector = createProtector(suite, key, { backEnd });
    const length = packetLength + suites[suite].rtpTagLength;
    return (turn: number) => expectLength(protector.rtp(packets[turn] as Buffer, packetLength), length);
  };
  return [
    { suite, name, direction: "protect", prepare: protect },
    { suite, name, direction: "unprotect", prepare: unprotect(0, packetLength) },
    { suite, name, direction: "forged", prepare: unprotect(1, -1) },
  ];
}

/** The way into native code and back, and nothing else: too short for a packet. */
function crossing(suite: SrtpSuite): readonly Contender[] {
  const key = randomBytes(keyAndSaltLength(suite));
  const name = callAlone;
  const prepare = () => {
    const packets = plainPackets();
    const protector = createProtector(suite, key, { backEnd: "native" });
    return (turn: number) => expectLength(protector.rtp(packets[turn] as Buffer, 4), -3);
  };
  return (["protect", "unprotect", "forged"] as const).map((direction) => ({ suite, name, direction, prepare }));
}

/** The library as its own documentation uses it: parse, encrypt(payload, header); decrypt(packet). */
function peer(suite: SrtpSuite, profile: number): readonly Contender[] {
  const key = randomBytes(16);
  const salt = randomBytes(suites[suite].saltLength);
  const keys = { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt };
  const seal = (session: WeriftSession, packet: Buffer): Buffer => {
    const { header, payload } = werift.RtpPacket.deSerialize(packet.subarray(0, packetLength));
    return session.encrypt(payload, header);
  };
  const unprotect = (damage: number) => () => {
    const sender = new werift.SrtpSession({ keys, profile });
    const packets = plainPackets().map((packet) => seal(sender, packet));
    for (const packet of packets) packet[packet.length - 1] = (packet[packet.length - 1] as number) ^ damage;
    const receiver = new werift.SrtpSession({ keys, profile });
    return (turn: number) => {
      try {
        receiver.decrypt(packets[turn] as Buffer);
      } catch {
        if (damage === 0) throw new Error("werift-rtp refused its own packet");
      }
    };
  };
  const protect = () => {
    const packets = plainPackets();
    const sender = new werift.SrtpSession({ keys, profile });
    return (turn: number) => void seal(sender, packets[turn] as Buffer);
  };
  const name = "werift-rtp alone";
  return [
    { suite, name, direction: "protect", prepare: protect },
    { suite, name, direction: "unprotect", prepare: unprotect(0) },
    { suite, name, direction: "forged", prepare: unprotect(1) },
  ];
}

function expectLength(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`expected ${expected}, got ${actual}`);
}

function measure(contender: Contender): number {
  const repeats = contender.name === "native" || contender.name === callAlone ? nativeRepeats : 1;
  const works = Array.from({ length: repeats }, contender.prepare);
  const before = process.cpuUsage();
  for (const work of works) for (let turn = 0; turn < packetsPerRound; turn++) work(turn);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / packetsPerRound / repeats;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

const contenders = suiteNames.flatMap((suite) => {
  const profile = weriftProfiles.get(suite);
  const alone = profile === undefined ? [] : peer(suite, profile);
  const portable = profile === undefined ? [] : ours(suite, "werift");
  const native = loadNative().loaded ? [...ours(suite, "native"), ...crossing(suite)] : [];
  return [...alone, ...portable, ...ours(suite, "node-crypto"), ...native];
});

// The first round warms the code up and is thrown away.
const figures = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
for (let round = 0; round <= rounds; round++) {
  for (const [contender, values] of figures) {
    const figure = measure(contender);
    if (round > 0) values.push(figure);
  }
}

console.log(
  `node ${process.version}, ${cpus()[0]?.model}, ${rounds} rounds of ${packetsPerRound} packets (native: ${packetsPerRound * nativeRepeats}), µs CPU a packet`,
);
console.log(
  `${"suite".padEnd(25)}${"back end".padEnd(24)}${"protect".padStart(16)}${"unprotect".padStart(16)}${"forged".padStart(16)}`,
);
const cell = (suite: SrtpSuite, name: string, direction: string): number | undefined => {
  const found = contenders.find((c) => c.suite === suite && c.name === name && c.direction === direction);
  return found === undefined ? undefined : median(figures.get(found) ?? []);
};
for (const { suite, name } of contenders.filter((contender) => contender.direction === "protect")) {
  const cells = ["protect", "unprotect", "forged"].map((direction) => {
    const figure = cell(suite, name, direction) ?? 0;
    const base = cell(suite, "werift-rtp alone", direction);
    const ratio = base === undefined ? "" : ` (${(figure / base).toFixed(2)}x)`;
    return `${figure.toFixed(2)}${ratio}`.padStart(16);
  });
  console.log(suite.padEnd(25) + name.padEnd(24) + cells.join(""));
}
