/**
 * CPU time a relayed packet costs the relay process: the portable engine (plain RTP, and SRTP on one leg) beside a bare
 * dgram relay, alternating, fresh process each, median of the rounds.   node test/bench/relay.ts [streams] [rounds]
 */
import { type ChildProcess, fork } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { cpus } from "node:os";
import { createProtector } from "@ringfence/node-srtp";
import type { RelayOrder } from "./relay-subject.ts";

const streams = Number(process.argv[2] ?? 200);
const rounds = Number(process.argv[3] ?? 3);
/** Each stream sends a packet in each direction every 20 ms, as G.711 does. */
const ticks = 150;
/** Not measured: the compiler works meanwhile. */
const warmUp = 50;
const suite = "AES_CM_128_HMAC_SHA1_80";
const keys = { theirs: new Uint8Array(30).fill(1), ours: new Uint8Array(30).fill(2) };

interface Result {
  readonly microseconds: number;
  readonly lost: number;
}

async function endpoint(address: string): Promise<Socket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000 });
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  return socket;
}

function voicePacket(stream: number, sequence: number): Buffer {
  const packet = Buffer.alloc(172 + 16, 0xd5);
  packet[0] = 0x80;
  packet[1] = 0;
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(stream + 1, 8);
  return packet;
}

/** From the phone, sealed beforehand so that the generator's share stays small; and from the PBX, in clear. */
function packetsOf(secure: boolean): { readonly phone: Buffer[][]; readonly pbx: Buffer[][] } {
  const phone: Buffer[][] = [];
  const pbx: Buffer[][] = [];
  for (let stream = 0; stream < streams; stream++) {
    const protector = createProtector(suite, keys.theirs);
    const of = (seal: boolean) =>
      Array.from({ length: ticks }, (_, n) => {
        const packet = voicePacket(stream, n + 1);
        return packet.subarray(0, seal ? protector.rtp(packet, 172) : 172);
      });
    phone.push(of(secure));
    pbx.push(of(false));
  }
  return { phone, pbx };
}

function ask<T>(child: ChildProcess, message: object): Promise<T> {
  return new Promise((resolve) => {
    child.once("message", (answer) => resolve(answer as T));
    child.send(message as never);
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function measure(kind: "bare" | "engine", secure: boolean): Promise<Result> {
  const [phone, pbx] = [await endpoint("127.0.0.2"), await endpoint("127.0.0.3")];
  let received = 0;
  for (const socket of [phone, pbx]) socket.on("message", () => received++);
  const child = fork(new URL("./relay-subject.ts", import.meta.url), { serialization: "advanced" });
  const order: RelayOrder = {
    streams,
    firstPort: 42_000,
    phone: phone.address(),
    pbx: pbx.address(),
    keys: secure ? keys : undefined,
  };
  await ask(child, { kind, order });
  const packets = packetsOf(secure);
  await pause(200);
  const begin = performance.now();
  let before: NodeJS.CpuUsage = { user: 0, system: 0 };
  let receivedBefore = 0;
  for (let tick = 0; tick < ticks; tick++) {
    if (tick === warmUp) {
      before = await ask<NodeJS.CpuUsage>(child, { kind: "cpu" });
      receivedBefore = received;
    }
    for (let stream = 0; stream < streams; stream++) {
      const port = order.firstPort + 4 * stream;
      phone.send(packets.phone[stream]?.[tick] as Buffer, port, "127.0.0.1");
      pbx.send(packets.pbx[stream]?.[tick] as Buffer, port + 2, "127.0.0.1");
    }
    await pause(Math.max(0, begin + 20 * (tick + 1) - performance.now()));
  }
  await pause(300);
  const after = await ask<NodeJS.CpuUsage>(child, { kind: "cpu" });
  child.kill();
  phone.close();
  pbx.close();
  const spent = after.user + after.system - before.user - before.system;
  return { microseconds: spent / (received - receivedBefore), lost: 2 * streams * ticks - received };
}

function median(values: readonly number[]): number {
  return [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)] as number;
}

const subjects = [
  ["bare dgram relay", "bare", false],
  ["portable engine, RTP to RTP", "engine", false],
  ["portable engine, SRTP to RTP", "engine", true],
] as const;
const results = new Map<string, Result[]>(subjects.map(([name]) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, kind, secure] of subjects) results.get(name)?.push(await measure(kind, secure));
}
const floor = median(results.get("bare dgram relay")?.map((result) => result.microseconds) ?? []);
console.log(
  `${cpus()[0]?.model}, ${cpus().length} processors, Node ${process.version}, ${streams} streams, ${100 * streams} packets/s`,
);
for (const [name, list] of results) {
  const cost = median(list.map((result) => result.microseconds));
  const lost = list.reduce((sum, result) => sum + result.lost, 0);
  console.log(
    `${name.padEnd(30)} ${cost.toFixed(1).padStart(6)} µs a packet  ${(cost / floor).toFixed(2)} x bare  lost ${lost}`,
  );
}
