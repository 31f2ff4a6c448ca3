/**
 * Threat L2, the part that lives in the SRTP transform: authenticate, check for replay, and only then learn; bad packets are dropped and never
 * fatal. What the session does with the results (latching, counting, one log line) is tested where the session is.
 */
import { randomBytes } from "node:crypto";
import { loadNative } from "@ringfence/native";
import {
  type BackEnd,
  backEndOf,
  createProtector,
  createUnprotector,
  keyAndSaltLength,
  maxExpansion,
  type Protector,
  type SrtpSuite,
  srtpFailureName,
  type Unprotector,
} from "@ringfence/node-srtp";
import { describe, expect, test } from "vitest";

const suites: readonly SrtpSuite[] = ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM"];
const contenders = suites.flatMap((suite): readonly (readonly [SrtpSuite, BackEnd])[] => [
  [suite, backEndOf(suite)],
  ...(loadNative().loaded ? [[suite, "native"] as const] : []),
]);
const wrap = 0x1_0000;
const caller = 0xcafebabe;

function plainRtp(sequence: number, ssrc: number): Buffer {
  const packet = Buffer.alloc(172 + maxExpansion, 0xd5);
  packet.writeUInt16BE(0x8000, 0);
  packet.writeUInt16BE(sequence % wrap, 2);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

function send(protector: Protector, sequence: number, ssrc = caller): Buffer {
  const packet = plainRtp(sequence, ssrc);
  const length = protector.rtp(packet, 172);
  expect(length).toBeGreaterThan(172);
  return packet.subarray(0, length);
}

function arrive(unprotector: Unprotector, packet: Buffer, length = packet.length): number {
  return unprotector.rtp(Buffer.from(packet), length);
}

function damaged(packet: Buffer, at: number): Buffer {
  const copy = Buffer.from(packet);
  copy[at] = (copy[at] as number) ^ 0x80;
  return copy;
}

describe.each(contenders)("%s on %s", (suite, backEnd) => {
  const pair = (): { sender: Protector; receiver: Unprotector } => {
    const key = randomBytes(keyAndSaltLength(suite));
    return { sender: createProtector(suite, key, { backEnd }), receiver: createUnprotector(suite, key, { backEnd }) };
  };

  test("threat L2: a flood of wrong tags, stumps, replays and foreign SSRCs costs the stream not one packet", () => {
    const { sender, receiver } = pair();
    const results = new Map<string, number>();
    const note = (result: number): void => {
      const name = srtpFailureName(result) ?? "accepted";
      results.set(name, (results.get(name) ?? 0) + 1);
    };
    for (let sequence = 0; sequence < 1_000; sequence++) {
      const packet = send(sender, sequence);
      const foreign = Buffer.from(packet);
      foreign.writeUInt32BE(sequence + 1, 8);
      // The forgeries arrive before the packet whose index they claim.
      note(arrive(receiver, damaged(packet, packet.length - 1)));
      note(arrive(receiver, damaged(packet, 100)));
      note(arrive(receiver, packet, 12 + (sequence % 4)));
      note(arrive(receiver, foreign));
      note(arrive(receiver, randomBytes(172)));
      expect(arrive(receiver, packet), `sequence ${sequence}`).toBe(172);
      note(arrive(receiver, packet));
    }
    expect(results.get("accepted")).toBeUndefined();
    expect(results.get("replay")).toBe(1_000);
    expect(receiver.snapshot().rtp).toEqual([{ ssrc: caller, index: 999 }]);
  });

  test("threat L2: plain RTP injected into a secure stream is refused, not relayed as if it were ours", () => {
    const { sender, receiver } = pair();
    expect(arrive(receiver, send(sender, 1))).toBe(172);
    for (let length = 12; length <= 172; length++)
      expect(arrive(receiver, plainRtp(2, caller), length)).toBeLessThan(0);
    expect(arrive(receiver, send(sender, 2))).toBe(172);
  });

  test("threat L2: a forged packet that claims the far end of the sequence numbers does not move the window", () => {
    const { sender, receiver } = pair();
    expect(arrive(receiver, send(sender, 40_000))).toBe(172);
    const forged = send(sender, 40_001);
    for (const sequence of [40_500, 60_000, 65_535, 0, 7_000]) {
      forged.writeUInt16BE(sequence, 2);
      expect(arrive(receiver, forged)).toBeLessThan(0);
    }
    expect(arrive(receiver, send(sender, 40_002))).toBe(172);
    expect(receiver.snapshot().rtp).toEqual([{ ssrc: caller, index: 40_002 }]);
  });

  test("threat L2: two wraps, an SSRC change at hold and another at resume, and no authentication failure", () => {
    const { sender, receiver } = pair();
    for (let index = 0; index <= 2 * wrap + 500; index += 250) expect(arrive(receiver, send(sender, index))).toBe(172);
    for (let sequence = 65_500; sequence < 65_600; sequence++)
      expect(arrive(receiver, send(sender, sequence, 7))).toBe(172);
    for (let sequence = 600; sequence < 700; sequence++) expect(arrive(receiver, send(sender, sequence))).toBe(172);
  });

  test("threat L2: a restart from a checkpoint carries the stream on in its third rollover, and takes no recording", () => {
    const key = randomBytes(keyAndSaltLength(suite));
    const sender = createProtector(suite, key, { backEnd });
    const before = createUnprotector(suite, key, { backEnd });
    const recording: Buffer[] = [];
    for (let index = 0; index < 2 * wrap + 500; index += 250) recording.push(send(sender, index));
    for (const packet of recording) expect(arrive(before, packet)).toBe(172);
    const after = createUnprotector(suite, key, { backEnd, resume: JSON.parse(JSON.stringify(before.snapshot())) });
    for (const packet of recording) expect(arrive(after, packet)).toBeLessThan(0);
    for (let sequence = 500; sequence < 600; sequence++) expect(arrive(after, send(sender, sequence))).toBe(172);
  });

  test("threat L2: recordings of former SSRCs neither play again nor push the live stream out", () => {
    const { sender, receiver } = pair();
    const recording = Array.from({ length: 200 }, (_, change) => send(sender, 5, change + 1));
    for (const packet of recording) expect(arrive(receiver, packet)).toBe(172);
    for (const index of [0, 30_000, 60_000, wrap + 10]) expect(arrive(receiver, send(sender, index))).toBe(172);
    for (const packet of recording) expect(arrive(receiver, packet)).toBeLessThan(0);
    expect(arrive(receiver, send(sender, wrap + 11))).toBe(172);
  });
});
