/** Every suite that libsrtp has, both directions, RTP and RTCP, random packets across two wraps, against Debian's python3-pylibsrtp. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  type BackEnd,
  backEndOf,
  createProtector,
  createUnprotector,
  keyAndSaltLength,
  maxExpansion,
  type SrtpSuite,
} from "@ringfence/node-srtp";
import { afterAll, expect } from "vitest";
import { outsideProgram, runsCleanly } from "../support/outside-program.ts";

// The system's Python: the package is not in any other.
const python = "/usr/bin/python3";
const oracleTest = outsideProgram("python3-pylibsrtp", "python3-pylibsrtp", () =>
  runsCleanly(python, ["-c", "import pylibsrtp"]),
);

// pylibsrtp offers no AES-192 or AES-256 counter mode; those rows rest on RFC 6188 and libsrtp's own vectors.
const contenders: readonly (readonly [SrtpSuite, BackEnd])[] = [
  ["AES_CM_128_HMAC_SHA1_80", "werift"],
  ["AES_CM_128_HMAC_SHA1_80", "node-crypto"],
  ["AES_CM_128_HMAC_SHA1_32", "node-crypto"],
  ["AEAD_AES_128_GCM", "werift"],
  ["AEAD_AES_128_GCM", "node-crypto"],
  ["AEAD_AES_256_GCM", "node-crypto"],
];
const packets = 400;
const ssrc = 0x8badf00d;

class Oracle {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    this.#process = spawn(python, [fileURLToPath(new URL("libsrtp-oracle.py", import.meta.url))]);
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async ask(...words: readonly string[]): Promise<string> {
    this.#process.stdin.write(`${words.join(" ")}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error("libsrtp-oracle.py ended");
    return value;
  }

  stop(): void {
    this.#process.kill();
  }
}

const oracle = oracleTest.available ? new Oracle() : undefined;
afterAll(() => oracle?.stop());

async function session(
  suite: SrtpSuite,
  backEnd: BackEnd,
): Promise<{ ask: (verb: string, packet: Buffer) => Promise<string>; key: Buffer }> {
  if (oracle === undefined) throw new Error("the oracle is not running");
  const key = randomBytes(keyAndSaltLength(suite));
  const name = `${suite}-${backEnd}-${randomBytes(4).toString("hex")}`;
  expect(await oracle.ask("open", name, suite, key.toString("hex"))).toBe("ok");
  return { key, ask: (verb, packet) => oracle.ask(verb, name, packet.toString("hex")) };
}

function randomRtp(index: number): Buffer {
  const csrcs = randomInt(0, 4);
  const extended = randomInt(0, 2);
  const words = randomInt(0, 5);
  const header = 12 + csrcs * 4 + extended * (4 + words * 4);
  const packet = randomBytes(header + randomInt(0, 1_200));
  packet[0] = 0x80 | (extended << 4) | csrcs;
  packet.writeUInt16BE(index % 0x1_0000, 2);
  packet.writeUInt32BE(ssrc, 8);
  if (extended === 1) packet.writeUInt16BE(words, 12 + csrcs * 4 + 2);
  return packet;
}

function randomRtcp(): Buffer {
  const packet = randomBytes(8 + 4 * randomInt(0, 60));
  packet.writeUInt32BE(0x80c80000 + packet.length / 4 - 1, 0);
  packet.writeUInt32BE(ssrc, 4);
  return packet;
}

/** Index by index with random losses, over two wraps of the sequence number. */
function randomIndices(): readonly number[] {
  let index = randomInt(0, 0x8000);
  return Array.from({ length: packets }, () => {
    index += randomInt(1, 900);
    return index;
  });
}

function transform(work: (packet: Buffer, length: number) => number, input: Buffer): string {
  const packet = Buffer.concat([input, Buffer.alloc(maxExpansion)]);
  const length = work(packet, input.length);
  return length < 0 ? `refused ${length}` : packet.subarray(0, length).toString("hex");
}

for (const [suite, backEnd] of contenders) {
  const title = `${suite} on ${backEnd}${backEndOf(suite) === backEnd ? " (default)" : ""}`;

  oracleTest(`${title}: what we protect is, octet for octet, what libsrtp protects, and libsrtp opens it`, async () => {
    const { ask, key } = await session(suite, backEnd);
    const protector = createProtector(suite, key, { backEnd });
    for (const index of randomIndices()) {
      const plain = randomRtp(index);
      const sealed = transform((packet, length) => protector.rtp(packet, length), plain);
      expect(await ask("protect", plain), `index ${index}`).toBe(sealed);
      expect(await ask("unprotect", Buffer.from(sealed, "hex"))).toBe(plain.toString("hex"));
    }
    for (let sent = 0; sent < packets; sent++) {
      const plain = randomRtcp();
      const sealed = transform((packet, length) => protector.rtcp(packet, length), plain);
      expect(await ask("protect_rtcp", plain)).toBe(sealed);
      expect(await ask("unprotect_rtcp", Buffer.from(sealed, "hex"))).toBe(plain.toString("hex"));
    }
  });

  oracleTest(`${title}: what libsrtp protects, we open once, and not when a bit is flipped`, async () => {
    const { ask, key } = await session(suite, backEnd);
    const unprotector = createUnprotector(suite, key, { backEnd });
    const media = (packet: Buffer, length: number): number => unprotector.rtp(packet, length);
    const control = (packet: Buffer, length: number): number => unprotector.rtcp(packet, length);
    for (const index of randomIndices()) {
      const [plain, report] = [randomRtp(index), randomRtcp()];
      for (const [verb, work, original] of [
        ["protect", media, plain],
        ["protect_rtcp", control, report],
      ] as const) {
        const sealed = Buffer.from(await ask(verb, original), "hex");
        const damaged = Buffer.from(sealed);
        const octet = randomInt(0, damaged.length);
        damaged[octet] = (damaged[octet] as number) ^ (1 << randomInt(0, 8));
        expect(transform(work, damaged)).toContain("refused");
        expect(transform(work, sealed), `index ${index}`).toBe(original.toString("hex"));
        expect(transform(work, sealed)).toBe("refused -2");
      }
    }
  });
}
