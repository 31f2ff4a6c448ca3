/**
 * Hot path. AES-CM with HMAC-SHA1 (RFC 3711 §4.1.1, §4.2.1; RFC 6188 for longer keys) on node:crypto, in place.
 *
 * Two choices make it more than twice as fast as a cipher and an HMAC object a packet (docs/decisions/0004-srtp-back-ends.md):
 * - the keystream is AES-ECB over counter blocks, which is what counter mode is, so one cipher object serves the whole key;
 * - HMAC is two one-shot hashes (RFC 2104) over a buffer that already holds the padded key. Their result as a "binary" string,
 *   one octet a character, costs less than half of a Buffer.
 * A forged packet is found by the two hashes alone: no cipher, no exception.
 */
import { type Cipheriv, createCipheriv, createSecretKey, hash } from "node:crypto";
import { srtpResult } from "./failure.ts";
import type { KeyMaterial, SessionKeys } from "./key-material.ts";
import { type PacketCipher, rtcpHeaderLength, srtcpIndexLength } from "./packet-cipher.ts";
import type { SuiteProfile } from "./profile.ts";
import { rtcpSsrc, srtcpIndex } from "./rtcp-view.ts";
import { rtpSequence, rtpSsrc, writeWord } from "./rtp-view.ts";

const blockLength = 16;
const hashBlock = 64;
const digestLength = 20;
const maxDatagram = 65_536;

// Scratch, one a thread: every call below is synchronous and reads nothing that it has not written itself.
const counterBlocks = Buffer.alloc(maxDatagram + blockLength);
/** The same octets, to copy a block as four words; the byte order of the machine does not show in a copy. */
const counterWords = new Int32Array(counterBlocks.buffer, counterBlocks.byteOffset, counterBlocks.length / 4);
const innerText = Buffer.alloc(hashBlock + maxDatagram + srtcpIndexLength);
const outerText = Buffer.alloc(hashBlock + digestLength);

export class CounterModeCipher implements PacketCipher {
  readonly #profile: SuiteProfile;
  readonly #rtp: Keystream;
  readonly #rtcp: Keystream;
  readonly #rtpTag: Tag;
  readonly #rtcpTag: Tag;

  constructor(profile: SuiteProfile, keys: KeyMaterial) {
    this.#profile = profile;
    this.#rtp = new Keystream(keys.rtp);
    this.#rtcp = new Keystream(keys.rtcp);
    this.#rtpTag = new Tag(keys.rtp.auth);
    this.#rtcpTag = new Tag(keys.rtcp.auth);
  }

  sealRtp(packet: Buffer, headerLength: number, length: number, roc: number): number {
    this.#rtp.apply(packet, headerLength, length, rtpSsrc(packet), roc, rtpSequence(packet));
    // RFC 3711 §4.2: the authenticated text is the packet followed by the ROC, which is not sent.
    const tag = this.#rtpTag.over(packet, length, roc);
    return writeTag(packet, length, tag, this.#profile.rtpTagLength);
  }

  openRtp(packet: Buffer, headerLength: number, length: number, roc: number): number {
    const end = length - this.#profile.rtpTagLength;
    const tag = this.#rtpTag.over(packet, end, roc);
    if (!tagMatches(packet, end, tag, this.#profile.rtpTagLength)) return srtpResult.authentication;
    this.#rtp.apply(packet, headerLength, end, rtpSsrc(packet), roc, rtpSequence(packet));
    return end;
  }

  sealRtcp(packet: Buffer, length: number, index: number): number {
    this.#rtcp.apply(packet, rtcpHeaderLength, length, rtcpSsrc(packet), index >>> 16, index & 0xffff);
    writeWord(packet, length, index + 0x8000_0000);
    const end = length + srtcpIndexLength;
    return writeTag(packet, end, this.#rtcpTag.over(packet, end, -1), this.#profile.rtcpTagLength);
  }

  openRtcp(packet: Buffer, length: number, word: number): number {
    const end = length - this.#profile.rtcpTagLength;
    const tag = this.#rtcpTag.over(packet, end, -1);
    if (!tagMatches(packet, end, tag, this.#profile.rtcpTagLength)) return srtpResult.authentication;
    const plain = end - srtcpIndexLength;
    const index = srtcpIndex(word);
    if (word !== index) {
      this.#rtcp.apply(packet, rtcpHeaderLength, plain, rtcpSsrc(packet), index >>> 16, index & 0xffff);
    }
    return plain;
  }
}

class Keystream {
  readonly #salt: Buffer;
  readonly #aes: Cipheriv;

  constructor(keys: SessionKeys) {
    this.#salt = keys.salt;
    this.#aes = createCipheriv(`aes-${keys.cipher.length * 8}-ecb`, createSecretKey(keys.cipher), null).setAutoPadding(
      false,
    );
  }

  /** RFC 3711 §4.1.1: IV = salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16; `high` and `low` are the index's 32 and 16 bits. */
  apply(packet: Buffer, from: number, to: number, ssrc: number, high: number, low: number): void {
    const count = Math.ceil((to - from) / blockLength);
    const salt = this.#salt;
    counterBlocks.set(salt);
    for (let octet = 0; octet < 4; octet++) {
      const shift = 24 - octet * 8;
      counterBlocks[4 + octet] = (salt[4 + octet] as number) ^ (ssrc >>> shift);
      counterBlocks[8 + octet] = (salt[8 + octet] as number) ^ (high >>> shift);
    }
    counterBlocks[12] = (salt[12] as number) ^ (low >>> 8);
    counterBlocks[13] = (salt[13] as number) ^ low;
    counterBlocks[14] = 0;
    counterBlocks[15] = 0;
    for (let block = 1, word = 4; block < count; block++, word += 4) {
      counterWords[word] = counterWords[0] as number;
      counterWords[word + 1] = counterWords[1] as number;
      counterWords[word + 2] = counterWords[2] as number;
      counterWords[word + 3] = counterWords[3] as number;
      counterBlocks[word * 4 + 14] = block >>> 8;
      counterBlocks[word * 4 + 15] = block;
    }
    const stream = this.#aes.update(counterBlocks.subarray(0, count * blockLength));
    for (let at = from, next = 0; at < to; at++, next++) {
      packet[at] = (packet[at] as number) ^ (stream[next] as number);
    }
  }
}

/** HMAC-SHA1 (RFC 2104) with the padded keys made once. */
class Tag {
  readonly #inner = Buffer.alloc(hashBlock, 0x36);
  readonly #outer = Buffer.alloc(hashBlock, 0x5c);

  constructor(key: Buffer) {
    for (let at = 0; at < key.length; at++) {
      this.#inner[at] = 0x36 ^ (key[at] as number);
      this.#outer[at] = 0x5c ^ (key[at] as number);
    }
  }

  /** The digest, one octet a character. `roc` is appended to the text unless it is negative. */
  over(packet: Buffer, length: number, roc: number): string {
    innerText.set(this.#inner);
    packet.copy(innerText, hashBlock, 0, length);
    let end = hashBlock + length;
    if (roc >= 0) {
      writeWord(innerText, end, roc);
      end += 4;
    }
    outerText.set(this.#outer);
    outerText.write(hash("sha1", innerText.subarray(0, end), "binary"), hashBlock, "latin1");
    return hash("sha1", outerText, "binary");
  }
}

function writeTag(packet: Buffer, at: number, tag: string, length: number): number {
  for (let octet = 0; octet < length; octet++) packet[at + octet] = tag.charCodeAt(octet);
  return at + length;
}

/** All octets are always compared: where the first difference lies must not show in the time. */
function tagMatches(packet: Buffer, at: number, tag: string, length: number): boolean {
  let difference = 0;
  for (let octet = 0; octet < length; octet++) difference |= (packet[at + octet] as number) ^ tag.charCodeAt(octet);
  return difference === 0;
}
