/**
 * Published SRTP vectors: RFC 3711 B.2 and B.3, RFC 6188 §7, RFC 7714 §16 and §17, and those of libsrtp's own test driver.
 * Those with a master key go through the package's front door; those with session keys have to go in below the key derivation.
 */

import { loadNative } from "@ringfence/native";
import {
  type BackEnd,
  createProtector,
  createUnprotector,
  type PortableBackEnd,
  type SrtpSuite,
  suiteNamed,
  suites,
} from "@ringfence/node-srtp";
import { describe, expect, test } from "vitest";
import { CounterModeCipher } from "../../packages/node-srtp/src/counter-mode.ts";
import { GcmCipher } from "../../packages/node-srtp/src/gcm.ts";
import { deriveKeys, type KeyMaterial } from "../../packages/node-srtp/src/key-material.ts";
import type { PacketCipher } from "../../packages/node-srtp/src/packet-cipher.ts";
import { weriftCipher } from "../../packages/node-srtp/src/portable.ts";
import vectors from "./fixtures/srtp/vectors.json" with { type: "json" };

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const roomy = (text: string): Buffer => Buffer.concat([hex(text), Buffer.alloc(32)]);
const octets = (text: string): number => text.length / 2;
const noKeys = { cipher: Buffer.alloc(16), salt: Buffer.alloc(14), auth: Buffer.alloc(20) };

function suiteOf(name: string): SrtpSuite {
  const suite = suiteNamed(name);
  if (suite === undefined) throw new Error(`vector for a suite that is not in the table: ${name}`);
  return suite;
}

/** The back ends that have the suite and are made of a cipher that takes session keys. */
function cipherBackEnds(suite: SrtpSuite): readonly PortableBackEnd[] {
  const werift = weriftCipher(suite, { rtp: noKeys, rtcp: noKeys }) !== undefined;
  return werift ? ["werift", "node-crypto"] : ["node-crypto"];
}

function backEnds(suite: SrtpSuite): readonly BackEnd[] {
  return loadNative().loaded ? [...cipherBackEnds(suite), "native"] : cipherBackEnds(suite);
}

describe("AES counter mode keystream", () => {
  test.each(vectors.keystream)("$id", ({ key, iv, out }) => {
    // RFC 3711 B.2 has SSRC, ROC and SEQ 0, so its IV is the salt, and packet octets of 0 come out as keystream.
    const salt = hex(iv).subarray(0, 14);
    const rtp = { cipher: hex(key), salt, auth: Buffer.alloc(20) };
    const suite: SrtpSuite = rtp.cipher.length === 16 ? "AES_CM_128_HMAC_SHA1_80" : "AES_256_CM_HMAC_SHA1_80";
    const cipher = new CounterModeCipher(suites[suite], { rtp, rtcp: noKeys });
    const packet = Buffer.alloc(12 + octets(out) + 10);
    cipher.sealRtp(packet, 12, 12 + octets(out), 0);
    expect(packet.subarray(12, 12 + octets(out)).toString("hex")).toBe(out.toLowerCase());
  });
});

describe("key derivation", () => {
  test.each(vectors.kdf)("$id", ({ masterKey, masterSalt, cipherKey, salt, authKey94, authKeyLen }) => {
    const suite: SrtpSuite = octets(masterKey) === 16 ? "AES_CM_128_HMAC_SHA1_80" : "AES_256_CM_HMAC_SHA1_80";
    const { rtp } = deriveKeys(suite, hex(masterKey + masterSalt));
    expect(rtp.cipher).toEqual(hex(cipherKey));
    expect(rtp.salt).toEqual(hex(salt));
    expect(rtp.auth).toEqual(hex(authKey94).subarray(0, authKeyLen));
  });
});

const keyed = vectors.srtp.flatMap((vector) =>
  backEnds(suiteOf(vector.suite)).map((backEnd) => ({ ...vector, backEnd })),
);

describe("whole packets from a master key", () => {
  test.each(keyed)("$id on $backEnd: RTP, both directions", ({ suite, backEnd, masterKey, masterSalt, rtp, srtp }) => {
    const key = hex(masterKey + masterSalt);
    const packet = roomy(rtp);
    const length = createProtector(suiteOf(suite), key, { backEnd }).rtp(packet, octets(rtp));
    expect(packet.subarray(0, length).toString("hex")).toBe(srtp);
    const plain = createUnprotector(suiteOf(suite), key, { backEnd }).rtp(packet, length);
    expect(packet.subarray(0, plain).toString("hex")).toBe(rtp);
  });

  const withRtcp = keyed.filter((vector) => vector.srtcp !== undefined);
  test.each(withRtcp)(
    "$id on $backEnd: RTCP, both directions",
    ({ suite, backEnd, masterKey, masterSalt, rtcp, srtcp }) => {
      const key = hex(masterKey + masterSalt);
      const packet = roomy(rtcp as string);
      const length = createProtector(suiteOf(suite), key, { backEnd }).rtcp(packet, octets(rtcp as string));
      expect(packet.subarray(0, length).toString("hex")).toBe(srtcp);
      const plain = createUnprotector(suiteOf(suite), key, { backEnd }).rtcp(packet, length);
      expect(packet.subarray(0, plain).toString("hex")).toBe(rtcp);
    },
  );

  test("no vector is left out", () => {
    expect(new Set(keyed.map((vector) => vector.id)).size).toBe(vectors.srtp.length);
    expect(withRtcp.length).toBeGreaterThanOrEqual(4);
  });
});

function gcmCipher(suite: SrtpSuite, backEnd: PortableBackEnd, keys: KeyMaterial): PacketCipher {
  const cipher = backEnd === "node-crypto" ? new GcmCipher(keys) : weriftCipher(suite, keys);
  if (cipher === undefined) throw new Error(`${backEnd} has no ${suite}`);
  return cipher;
}

describe("whole packets from session keys", () => {
  const all = vectors.sessionKeyed.flatMap((vector) =>
    cipherBackEnds(suiteOf(vector.suite)).map((backEnd) => ({ ...vector, backEnd })),
  );
  test.each(all)("$id on $backEnd", ({ suite, backEnd, key, salt, rtp, srtp, rtcp, srtcp, srtcpIndex }) => {
    const session = { cipher: hex(key), salt: hex(salt), auth: Buffer.alloc(0) };
    const cipher = gcmCipher(suiteOf(suite), backEnd, { rtp: session, rtcp: session });
    const media = roomy(rtp);
    expect(media.subarray(0, cipher.sealRtp(media, 12, octets(rtp), 0)).toString("hex")).toBe(srtp);
    expect(media.subarray(0, cipher.openRtp(media, 12, octets(srtp), 0)).toString("hex")).toBe(rtp);
    const control = roomy(rtcp);
    const word = srtcpIndex + 0x8000_0000;
    expect(control.subarray(0, cipher.sealRtcp(control, octets(rtcp), srtcpIndex)).toString("hex")).toBe(srtcp);
    expect(control.subarray(0, cipher.openRtcp(control, octets(srtcp), word)).toString("hex")).toBe(rtcp);
  });
});
