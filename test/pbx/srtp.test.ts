import { expect, test } from "vitest";
import { deriveKey, newSrtpKey, SrtpContext } from "./srtp.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");

const rtp = (sequence: number, payload: string, ssrc = 7): Buffer => {
  const packet = Buffer.alloc(12 + payload.length);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(ssrc, 8);
  packet.write(payload, 12);
  return packet;
};

const must = (packet: Buffer | undefined): Buffer => {
  if (packet === undefined) throw new Error("refused");
  return packet;
};

test("session keys are those of RFC 3711 appendix B.3", () => {
  const master = hex("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6");
  expect(deriveKey(master, 0, 16)).toEqual(hex("C61E7A93744F39EE10734AFE3FF7A087"));
  expect(deriveKey(master, 2, 14)).toEqual(hex("30CBBC08863D8C85D49DB34A9AE1"));
  expect(deriveKey(master, 1, 20)).toEqual(hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
});

test("what is protected is read again, across the rollover of the sequence number", () => {
  const key = newSrtpKey();
  const [out, into] = [new SrtpContext(key), new SrtpContext(key)];
  for (const sequence of [65_534, 65_535, 0, 1]) {
    const sealed = must(out.protectRtp(rtp(sequence, `payload ${sequence}`)));
    expect(sealed.includes("payload")).toBe(false);
    expect(must(into.unprotectRtp(sealed)).toString("latin1", 12)).toBe(`payload ${sequence}`);
  }
});

test("a replayed, a changed and a foreign packet are refused; a late one is not", () => {
  const key = newSrtpKey();
  const [out, into] = [new SrtpContext(key), new SrtpContext(key)];
  const [first, second] = [must(out.protectRtp(rtp(1, "a"))), must(out.protectRtp(rtp(2, "b")))];
  expect(into.unprotectRtp(second)).toBeDefined();
  expect(into.unprotectRtp(first)).toBeDefined();
  expect(into.unprotectRtp(first)).toBeUndefined();
  const changed = must(out.protectRtp(rtp(3, "c")));
  changed.writeUInt8(changed.readUInt8(12) ^ 1, 12);
  expect(into.unprotectRtp(changed)).toBeUndefined();
  expect(into.unprotectRtp(must(new SrtpContext(newSrtpKey()).protectRtp(rtp(4, "d"))))).toBeUndefined();
});

test("RTCP is encrypted, indexed and authenticated", () => {
  const key = newSrtpKey();
  const [out, into] = [new SrtpContext(key), new SrtpContext(key)];
  const report = hex("80c9000100000007");
  const sealed = must(out.protectRtcp(Buffer.concat([report, Buffer.from("cname")])));
  expect(sealed.includes("cname")).toBe(false);
  expect(must(into.unprotectRtcp(sealed)).toString("latin1", 8)).toBe("cname");
  expect(into.unprotectRtcp(sealed)).toBeUndefined();
});
