/**
 * AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714) on node:crypto. A cipher object a packet, because the IV of one cannot be changed;
 * its key is a KeyObject, because on Node 24 the same key as octets costs ten times as much.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { srtpResult } from "./failure.ts";
import type { KeyMaterial, SessionKeys } from "./key-material.ts";
import { type PacketCipher, rtcpHeaderLength, srtcpIndexLength } from "./packet-cipher.ts";
import { rtcpSsrc, srtcpIndex } from "./rtcp-view.ts";
import { rtpSequence, rtpSsrc, writeWord } from "./rtp-view.ts";

const tagLength = 16;
const authenticatedHeader = rtcpHeaderLength + srtcpIndexLength;

export class GcmCipher implements PacketCipher {
  readonly #rtp: Aead;
  readonly #rtcp: Aead;
  readonly #rtcpHeader = Buffer.alloc(authenticatedHeader);

  constructor(keys: KeyMaterial) {
    this.#rtp = new Aead(keys.rtp);
    this.#rtcp = new Aead(keys.rtcp);
  }

  sealRtp(packet: Buffer, headerLength: number, length: number, roc: number): number {
    this.#rtp.setIv(rtpSsrc(packet), roc, rtpSequence(packet));
    this.#rtp.seal(packet, headerLength, length, packet.subarray(0, headerLength));
    return length + tagLength;
  }

  openRtp(packet: Buffer, headerLength: number, length: number, roc: number): number {
    this.#rtp.setIv(rtpSsrc(packet), roc, rtpSequence(packet));
    const end = length - tagLength;
    return this.#rtp.open(packet, headerLength, end, end, packet.subarray(0, headerLength));
  }

  sealRtcp(packet: Buffer, length: number, index: number): number {
    this.#setRtcpIv(packet, index);
    const end = length + tagLength;
    writeWord(packet, end, index + 0x8000_0000);
    this.#rtcp.seal(packet, rtcpHeaderLength, length, this.#encryptedHeader(packet, end));
    return end + srtcpIndexLength;
  }

  openRtcp(packet: Buffer, length: number, word: number): number {
    const index = srtcpIndex(word);
    this.#setRtcpIv(packet, index);
    const at = length - srtcpIndexLength;
    const end = at - tagLength;
    if (word !== index) return this.#rtcp.open(packet, rtcpHeaderLength, end, end, this.#encryptedHeader(packet, at));
    // RFC 7714 §9.3: without encryption the whole packet and the index are associated data.
    const all = Buffer.concat([packet.subarray(0, end), packet.subarray(at, length)]);
    return this.#rtcp.open(packet, end, end, end, all);
  }

  /** RFC 7714 §9.1: the index stands in the last four octets, so the two before the SSRC's and the two after it are zero. */
  #setRtcpIv(packet: Buffer, index: number): void {
    this.#rtcp.setIv(rtcpSsrc(packet), index >>> 16, index & 0xffff);
  }

  /** RFC 7714 §9.2: the first eight octets and, from the end of the packet, E flag and index. */
  #encryptedHeader(packet: Buffer, wordAt: number): Buffer {
    packet.copy(this.#rtcpHeader, 0, 0, rtcpHeaderLength);
    packet.copy(this.#rtcpHeader, rtcpHeaderLength, wordAt, wordAt + srtcpIndexLength);
    return this.#rtcpHeader;
  }
}

class Aead {
  readonly #algorithm: "aes-128-gcm" | "aes-256-gcm";
  readonly #key: KeyObject;
  readonly #salt: Buffer;
  readonly #iv = Buffer.alloc(12);

  constructor(keys: SessionKeys) {
    this.#algorithm = keys.cipher.length === 16 ? "aes-128-gcm" : "aes-256-gcm";
    this.#key = createSecretKey(keys.cipher);
    this.#salt = keys.salt;
  }

  /** RFC 7714 §8.1: 16 zero bits, SSRC, ROC, SEQ, XOR salt. */
  setIv(ssrc: number, high: number, low: number): void {
    const iv = this.#iv;
    iv[0] = 0;
    iv[1] = 0;
    writeWord(iv, 2, ssrc);
    writeWord(iv, 6, high);
    iv[10] = low >>> 8;
    iv[11] = low;
    for (let at = 0; at < iv.length; at++) iv[at] = (iv[at] as number) ^ (this.#salt[at] as number);
  }

  /** Encrypts `from` to `to` and writes the tag at `to`. */
  seal(packet: Buffer, from: number, to: number, associated: Buffer): void {
    const cipher = createCipheriv(this.#algorithm, this.#key, this.#iv);
    cipher.setAAD(associated);
    cipher.update(packet.subarray(from, to)).copy(packet, from);
    cipher.final();
    cipher.getAuthTag().copy(packet, to);
  }

  /** Decrypts `from` to `to` if the tag at `tagAt` is right. Nothing unauthenticated reaches the packet. */
  open(packet: Buffer, from: number, to: number, tagAt: number, associated: Buffer): number {
    const cipher = createDecipheriv(this.#algorithm, this.#key, this.#iv);
    cipher.setAAD(associated).setAuthTag(packet.subarray(tagAt, tagAt + tagLength));
    const plain = cipher.update(packet.subarray(from, to));
    // final() throws for a wrong tag. Collecting a stack trace for it would double the price of a forged packet.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      cipher.final();
    } catch {
      return srtpResult.authentication;
    } finally {
      Error.stackTraceLimit = limit;
    }
    plain.copy(packet, from);
    return to;
  }
}
