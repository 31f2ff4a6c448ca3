/** The order inside the unprotector, seen through a cipher that counts; and SRTCP that was left unencrypted. */
import { createCipheriv, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { cipherFor } from "./back-end.ts";
import { flipped, hasSuite, receive, receiveRtcp, sealed, sealedRtcp } from "./contract-support.ts";
import { srtpResult } from "./failure.ts";
import { deriveKeys } from "./key-material.ts";
import { type KeyInUse, KeyState, keysInUse } from "./key-state.ts";
import { masterKeys } from "./master-key.ts";
import type { PacketCipher } from "./packet-cipher.ts";
import { keyAndSaltLength, type SrtpSuite, suites } from "./profile.ts";
import { createProtector } from "./protect.ts";
import { createUnprotector, PacketUnprotector } from "./unprotect.ts";

const suite = "AES_CM_128_HMAC_SHA1_80";
const keyOf = (name: SrtpSuite): Buffer => Buffer.alloc(keyAndSaltLength(name), 0x77);

function countingReceiver(): { receiver: PacketUnprotector; opened: () => number } {
  const cipher = cipherFor(suite, keyOf(suite));
  let opened = 0;
  const counting: PacketCipher = {
    sealRtp: () => 0,
    sealRtcp: () => 0,
    openRtp: (packet, headerLength, length, roc) => {
      opened += 1;
      return cipher.openRtp(packet, headerLength, length, roc);
    },
    openRtcp: (packet, length, word) => {
      opened += 1;
      return cipher.openRtcp(packet, length, word);
    },
  };
  const [key] = keysInUse(suite, masterKeys(keyOf(suite)), undefined, undefined);
  const state = new KeyState([{ ...(key as KeyInUse), cipher: counting }], undefined, 0);
  return { receiver: new PacketUnprotector(suites[suite], state), opened: () => opened };
}

test("the window is read before authentication: a replay costs no cipher", () => {
  const { receiver, opened } = countingReceiver();
  const sender = createProtector(suite, keyOf(suite));
  const [rtp, rtcp] = [sealed(sender), sealedRtcp(sender)];
  expect([receive(receiver, rtp), receiveRtcp(receiver, rtcp)]).toEqual([52, 28]);
  for (let again = 0; again < 10; again++) {
    expect([receive(receiver, rtp), receiveRtcp(receiver, rtcp)]).toEqual([srtpResult.replay, srtpResult.replay]);
  }
  expect(opened()).toBe(2);
});

test("the window is written after authentication: forgeries neither burn an index nor move the window", () => {
  const { receiver } = countingReceiver();
  const sender = createProtector(suite, keyOf(suite));
  const packets = [0, 1, 20_000, 40_000, 60_000].map((sequence) => sealed(sender, { sequence }));
  for (const packet of packets) {
    for (const bit of [0, 7]) expect(receive(receiver, flipped(packet, 20, bit))).toBe(srtpResult.authentication);
  }
  expect(receiver.snapshot()).toEqual({ rtp: [], rtcp: [], used: [{ rtp: 0, rtcp: 0 }] });
  for (const packet of packets) expect(receive(receiver, packet)).toBe(52);
});

test("forged indices far ahead do not push the rollover counter", () => {
  const { receiver } = countingReceiver();
  const sender = createProtector(suite, keyOf(suite));
  expect(receive(receiver, sealed(sender, { sequence: 50_000 }))).toBe(52);
  const forged = sealed(sender, { sequence: 50_000, ssrc: 1 });
  forged.writeUInt32BE(0xcafebabe, 8);
  for (let sequence = 0; sequence < 0x1_0000; sequence += 16) {
    forged.writeUInt16BE(sequence, 2);
    expect(receive(receiver, forged)).toBeLessThan(0);
  }
  expect(receive(receiver, sealed(sender, { sequence: 50_001 }))).toBe(52);
});

/** RFC 3711 §3.4: E flag 0, the compound in clear, and authenticated all the same. */
function unencryptedRtcp(name: SrtpSuite): Buffer {
  const { rtcp } = deriveKeys(name, keyOf(name));
  const plain = Buffer.from("81c8000bcafebabeabababababababababababababababab", "hex");
  const word = Buffer.from([0, 0, 0, 9]);
  if (suites[name].mode === "counter") {
    const text = Buffer.concat([plain, word]);
    return Buffer.concat([text, createHmac("sha1", rtcp.auth).update(text).digest().subarray(0, 10)]);
  }
  const iv = Buffer.from("0000cafebabe000000000009", "hex").map((octet, at) => octet ^ (rtcp.salt[at] as number));
  const cipher = createCipheriv("aes-128-gcm", rtcp.cipher, iv);
  cipher.setAAD(Buffer.concat([plain, word]));
  cipher.final();
  return Buffer.concat([plain, cipher.getAuthTag(), word]);
}

const unencrypted = ([suite, "AEAD_AES_128_GCM"] as const).flatMap((name) =>
  (["node-crypto", "werift", "native"] as const)
    .filter((backEnd) => hasSuite(name, backEnd))
    .map((backEnd) => [name, backEnd] as const),
);
test.each(unencrypted)(
  "%s on %s: RTCP with the E flag clear is taken when authentic, once, and not when touched",
  (name, backEnd) => {
    const receiver = createUnprotector(name, keyOf(name), { backEnd });
    const packet = unencryptedRtcp(name);
    for (let octet = 0; octet < packet.length; octet++) {
      expect(receiveRtcp(receiver, flipped(packet, octet, 0)), `octet ${octet}`).toBeLessThan(0);
    }
    const arrived = Buffer.from(packet);
    expect(receiver.rtcp(arrived, arrived.length)).toBe(24);
    expect(arrived.equals(packet)).toBe(true);
    expect(receiveRtcp(receiver, packet)).toBe(srtpResult.replay);
  },
);
