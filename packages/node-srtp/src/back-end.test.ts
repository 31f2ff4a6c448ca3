import { createCipheriv, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { backEndOf, cipherFor } from "./back-end.ts";
import { rtpPacket } from "./contract-support.ts";
import { deriveKeys } from "./key-material.ts";
import { keyAndSaltLength, suiteNames, suites } from "./profile.ts";
import { createProtector } from "./protect.ts";

test("a suite that a back end does not have is refused, and every suite has a default that does", () => {
  expect(() => cipherFor("AEAD_AES_256_GCM", Buffer.alloc(44), "werift")).toThrow("werift-rtp has no AEAD_AES_256_GCM");
  for (const suite of suiteNames) {
    expect(() => cipherFor(suite, Buffer.alloc(keyAndSaltLength(suite)), backEndOf(suite))).not.toThrow();
  }
});

test.each(["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"] as const)(
  "%s: the back ends agree octet for octet",
  (suite) => {
    const key = Buffer.alloc(keyAndSaltLength(suite), 0x31);
    for (const payload of [0, 1, 15, 16, 17, 160, 4_097, 60_000]) {
      const [one, other] = (["werift", "node-crypto"] as const).map((backEnd) => {
        const { packet, length } = rtpPacket({ payload, sequence: 65_535, csrcs: 1 });
        return packet.subarray(0, createProtector(suite, key, { backEnd }).rtp(packet, length));
      });
      expect(one?.equals(other as Buffer), `${payload} octets`).toBe(true);
    }
  },
);

const counterSuites = suiteNames.filter((suite) => suites[suite].mode === "counter");
test.each(counterSuites)(
  "%s: is OpenSSL's counter mode and HMAC, in a high rollover and over the largest datagram",
  (suite) => {
    const key = Buffer.from(Array.from({ length: keyAndSaltLength(suite) }, (_, at) => at));
    const { cipher, salt, auth } = deriveKeys(suite, key).rtp;
    const roc = 0x89abcdef;
    const { packet, length } = rtpPacket({ payload: 60_000, sequence: 0xfedc, ssrc: 0xdeadbeef });
    const iv = Buffer.from("00000000deadbeef89abcdeffedc0000", "hex").map((octet, at) => octet ^ (salt[at] ?? 0));
    const expected = Buffer.concat([
      packet.subarray(0, 12),
      createCipheriv(`aes-${cipher.length * 8}-ctr`, cipher, iv).update(packet.subarray(12, length)),
    ]);
    const tag = createHmac("sha1", auth).update(expected).update(Buffer.from("89abcdef", "hex")).digest();
    const sealed = cipherFor(suite, key, "node-crypto").sealRtp(packet, 12, length, roc);
    expect(
      packet.subarray(0, sealed).equals(Buffer.concat([expected, tag.subarray(0, suites[suite].rtpTagLength)])),
    ).toBe(true);
  },
);
