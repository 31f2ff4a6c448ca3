/** Every suite on every back end, both directions, RTP and RTCP, with and without MKI, random packets across two wraps, against Debian's libsrtp2. */
import { randomBytes, randomInt } from "node:crypto";
import { loadNative } from "@ringfence/native";
import {
  type BackEnd,
  backEndOf,
  createProtector,
  createUnprotector,
  keyAndSaltLength,
  type MasterKey,
  maxExpansion,
  type SrtpSuite,
  suiteNames,
} from "@ringfence/node-srtp";
import { afterAll, expect } from "vitest";
import { outsideProgram } from "../support/outside-program.ts";
import { LibsrtpOracle, type OracleSession, oracleCanBeBuilt } from "./libsrtp-oracle.ts";

const oracleTest = outsideProgram("libsrtp2-dev", "libsrtp2-dev gcc", oracleCanBeBuilt);
const weriftSuites: readonly SrtpSuite[] = ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"];
const native = loadNative().loaded;

/**
 * libsrtp 2.5 derives the keys of AES-192 with AES-256 over a padded key, against RFC 6188 §3; later versions do not, and one of their vectors is
 * in test/conformance. So of AES-192 it is no oracle.
 */
const suites = suiteNames.filter((suite) => !suite.startsWith("AES_192"));

const contenders = suites.flatMap((suite): readonly (readonly [SrtpSuite, BackEnd, number])[] => [
  ...(weriftSuites.includes(suite) ? [[suite, "werift", 0] as const] : []),
  [suite, "node-crypto", 0],
  [suite, "node-crypto", 2],
  ...(native
    ? ([
        [suite, "native", 0],
        [suite, "native", 4],
      ] as const)
    : []),
]);
const packets = 200;
/** libsrtp looks for the MKI of SRTCP where that of SRTP would be, and in the _32 suites the two tags differ. It writes it where it belongs. */
const misplacesMki = (suite: SrtpSuite, mkiLength: number): boolean => mkiLength > 0 && suite.endsWith("_32");
const ssrc = 0x8badf00d;
const longestMki = 4;

const oracle = oracleTest.available ? new LibsrtpOracle() : undefined;
afterAll(() => oracle?.stop());

async function session(suite: SrtpSuite, mkiLength: number): Promise<OracleSession & { readonly key: MasterKey }> {
  if (oracle === undefined) throw new Error("the oracle is not running");
  const key = { keyAndSalt: randomBytes(keyAndSaltLength(suite)), mki: randomBytes(mkiLength) };
  return { key, ...(await oracle.open(suite, key.keyAndSalt, key.mki)) };
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
  const packet = Buffer.concat([input, Buffer.alloc(maxExpansion + longestMki)]);
  const length = work(packet, input.length);
  return length < 0 ? `refused ${length}` : packet.subarray(0, length).toString("hex");
}

for (const [suite, backEnd, mkiLength] of contenders) {
  const title = `${suite} on ${backEnd}${backEndOf(suite) === backEnd ? " (default)" : ""}${mkiLength > 0 ? " with MKI" : ""}`;

  oracleTest(`${title}: what we protect is, octet for octet, what libsrtp protects, and libsrtp opens it`, async () => {
    const { ask, key } = await session(suite, mkiLength);
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
      const opened = await ask("unprotect_rtcp", Buffer.from(sealed, "hex"));
      if (misplacesMki(suite, mkiLength)) expect(opened).toMatch(/^error/);
      else expect(opened).toBe(plain.toString("hex"));
    }
  });

  oracleTest(`${title}: what libsrtp protects, we open once, and not when a bit is flipped`, async () => {
    const { ask, key } = await session(suite, mkiLength);
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
