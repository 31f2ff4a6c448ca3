/** Voice packets in both directions through a relay, sent by a program in C++ that is compiled when it is first wanted. */
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { createProtector } from "@ringfence/node-srtp";
import { endsWithUs } from "../system.ts";
import type { Place } from "./phones.ts";
import type { Ports } from "./relay.ts";

/** 160 octets of G.711 behind the RTP header. */
const PACKET = 172;
const suite = "AES_CM_128_HMAC_SHA1_80";
const sources = new URL("voices/", import.meta.url).pathname;
const folder = new URL("../../../.state/bench/", import.meta.url).pathname;

export interface Talk {
  readonly streams: number;
  /** Streams that send in each slot of 20 ms; all of them is what G.711 does. */
  readonly perSlot: number;
  readonly slots: number;
  /** Slots before the measurement begins: the compiler and the caches warm up. */
  readonly warmUpSlots: number;
  /** SRTP on the phone's leg. */
  readonly key: Uint8Array | undefined;
}

export interface Heard {
  readonly sent: number;
  readonly received: number;
  /** Received while it was measured. */
  readonly measured: number;
  /** What the kernel did not take from the generator. */
  readonly refused: number;
  readonly seconds: number;
  /** The generator's own worst delay behind its plan: large means that the machine, not the relay, was too slow. */
  readonly lateMs: number;
  /** µs from the generator's send to its receive. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

export class Voices {
  readonly places: { readonly phone: Place; readonly pbx: Place };
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    lines: AsyncIterator<string>,
    ports: string,
  ) {
    const [phone = 0, pbx = 0] = ports.split(" ").map(Number);
    this.places = { phone: { address: "127.0.0.2", port: phone }, pbx: { address: "127.0.0.3", port: pbx } };
    this.#lines = lines;
    this.#child = child;
  }

  static async open(talk: Talk): Promise<Voices> {
    const program = compiled();
    const sealed = talk.key === undefined ? undefined : sealedPackets(talk, talk.key);
    const { streams, perSlot, slots, warmUpSlots } = talk;
    const args = [streams, perSlot, slots, warmUpSlots].map(String);
    const child = spawn(program, sealed === undefined ? args : [...args, sealed], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    endsWithUs(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ports = await next(lines);
    if (sealed !== undefined) unlinkSync(sealed);
    return new Voices(child, lines, ports);
  }

  /** @param onMark called when the measurement begins, and when the last packet was sent */
  async talk(ports: readonly Ports[], onMark: (mark: "begin" | "end") => void): Promise<Heard> {
    this.#child.stdin.write(ports.map(({ phone, pbx }) => `${phone} ${pbx}\n`).join(""));
    for (;;) {
      const line = await next(this.#lines);
      if (line !== "begin" && line !== "end") return JSON.parse(line) as Heard;
      onMark(line);
    }
  }

  close(): void {
    this.#child.kill();
  }
}

async function next(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error("the voices ended early");
  return value;
}

/** The path of the program, compiled again when a source is newer. */
function compiled(): string {
  const program = join(folder, "voices");
  const newest = Math.max(...readdirSync(sources).map((name) => statSync(join(sources, name)).mtimeMs));
  if (existsSync(program) && statSync(program).mtimeMs > newest) return program;
  mkdirSync(folder, { recursive: true });
  const args = ["-std=c++20", "-O2", "-pthread", "-o", program, join(sources, "main.cc")];
  const { status, stderr } = spawnSync("g++", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`the packet generator needs g++ (apt-get install g++): ${stderr ?? "not found"}`);
  return program;
}

/** A file of what the phones send, stream by stream: sealed beforehand, so that the generator's share stays small. */
function sealedPackets({ streams, slots, perSlot }: Talk, key: Uint8Array): string {
  const rounds = Math.ceil((slots * perSlot) / streams);
  const packets: Buffer[] = [];
  for (let stream = 0; stream < streams; stream++) {
    const protector = createProtector(suite, key);
    for (let round = 0; round < rounds; round++) {
      const packet = voicePacket(stream, round);
      packets.push(packet.subarray(0, protector.rtp(packet, PACKET)));
    }
  }
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `sealed-${process.pid}`);
  writeFileSync(file, Buffer.concat(packets));
  return file;
}

/** As `writeVoice` of the generator makes them. */
function voicePacket(stream: number, round: number): Buffer {
  const packet = Buffer.alloc(PACKET + 16, 0xd5);
  packet[0] = 0x80;
  packet[1] = 0;
  packet.writeUInt16BE(round + 1, 2);
  packet.writeUInt32BE(round * 160, 4);
  packet.writeUInt32BE(stream + 1, 8);
  return packet;
}
