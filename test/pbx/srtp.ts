import { createCipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** SRTP of RFC 3711 with AES_CM_128_HMAC_SHA1_80, the only suite the vendor documents. Written for few calls, not for speed. */

export const srtpSuite = "AES_CM_128_HMAC_SHA1_80";
export const keyLength = 30;
export const newSrtpKey = (): Buffer => randomBytes(keyLength);

const tagLength = 10;
const ssrcLimit = 16;
const windowSize = 64n;

interface SessionKeys {
  readonly cipher: Buffer;
  readonly auth: Buffer;
  readonly salt: Buffer;
}

function keystream(key: Buffer, iv: Buffer, data: Buffer): Buffer {
  return createCipheriv("aes-128-ctr", key, iv).update(data);
}

/** RFC 3711 §4.3: key derivation rate 0, so the packet index does not enter. */
export function deriveKey(master: Buffer, label: number, length: number): Buffer {
  const iv = Buffer.alloc(16);
  master.copy(iv, 0, 16, keyLength);
  iv[7] = (iv[7] ?? 0) ^ label;
  return keystream(master.subarray(0, 16), iv, Buffer.alloc(length));
}

const sessionKeys = (master: Buffer, label: number): SessionKeys => ({
  cipher: deriveKey(master, label, 16),
  auth: deriveKey(master, label + 1, 20),
  salt: deriveKey(master, label + 2, 14),
});

/** RFC 3711 §4.1.1: (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16). */
function packetIv(salt: Buffer, ssrc: number, index: number): Buffer {
  const iv = Buffer.alloc(16);
  salt.copy(iv);
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(ssrc, 4);
  mask.writeUIntBE(index, 8, 6);
  for (let i = 0; i < 16; i += 1) iv[i] = (iv[i] ?? 0) ^ (mask[i] ?? 0);
  return iv;
}

function authTag(key: Buffer, ...parts: readonly Buffer[]): Buffer {
  const mac = createHmac("sha1", key);
  for (const part of parts) mac.update(part);
  return mac.digest().subarray(0, tagLength);
}

const word = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
};

/** Length of the RTP header with CSRCs and extension, or undefined when the packet is too short for it. */
function headerLength(packet: Buffer): number | undefined {
  if (packet.length < 12 || packet.readUInt8(0) >> 6 !== 2) return undefined;
  const fixed = 12 + 4 * (packet.readUInt8(0) & 0x0f);
  if ((packet.readUInt8(0) & 0x10) === 0) return fixed <= packet.length ? fixed : undefined;
  if (packet.length < fixed + 4) return undefined;
  const whole = fixed + 4 + 4 * packet.readUInt16BE(fixed + 2);
  return whole <= packet.length ? whole : undefined;
}

interface Source {
  roc: number;
  last: number;
  /** Highest index seen and a bit for each of the 64 before it. */
  top: number;
  window: bigint;
  rtcpIndex: number;
  rtcpWindow: bigint;
}

const newSource = (): Source => ({ roc: 0, last: -1, top: -1, window: 0n, rtcpIndex: -1, rtcpWindow: 0n });

/** RFC 3711 §3.3.1: the rollover counter most likely meant by this sequence number. */
function guessRoc(source: Source, sequence: number): number {
  if (source.last < 0) return source.roc;
  if (source.last < 0x8000) return sequence - source.last > 0x8000 ? source.roc - 1 : source.roc;
  return source.last - 0x8000 > sequence ? source.roc + 1 : source.roc;
}

/** The replay window after `index`, or undefined when it was seen or is too old. */
function slide(top: number, window: bigint, index: number): { top: number; window: bigint } | undefined {
  if (top < 0 || index > top) {
    const shift = top < 0 ? 0n : BigInt(index - top);
    return { top: index, window: (shift >= windowSize ? 0n : window << shift) | 1n };
  }
  const bit = BigInt(top - index);
  if (bit >= windowSize || ((window >> bit) & 1n) === 1n) return undefined;
  return { top, window: window | (1n << bit) };
}

/** One direction of one stream: either only protects or only unprotects. */
export class SrtpContext {
  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  readonly #sources = new Map<number, Source>();

  constructor(master: Buffer) {
    this.#rtp = sessionKeys(master, 0);
    this.#rtcp = sessionKeys(master, 3);
  }

  #source(ssrc: number): Source | undefined {
    return this.#sources.get(ssrc) ?? (this.#sources.size < ssrcLimit ? newSource() : undefined);
  }

  protectRtp(packet: Buffer): Buffer | undefined {
    const start = headerLength(packet);
    if (start === undefined) return undefined;
    const ssrc = packet.readUInt32BE(8);
    const source = this.#source(ssrc);
    if (source === undefined) return undefined;
    const sequence = packet.readUInt16BE(2);
    const roc = guessRoc(source, sequence);
    if (roc < 0) return undefined;
    const iv = packetIv(this.#rtp.salt, ssrc, roc * 0x1_0000 + sequence);
    const out = Buffer.concat([packet.subarray(0, start), keystream(this.#rtp.cipher, iv, packet.subarray(start))]);
    this.#advance(ssrc, source, roc, sequence);
    return Buffer.concat([out, authTag(this.#rtp.auth, out, word(roc))]);
  }

  unprotectRtp(packet: Buffer): Buffer | undefined {
    const start = headerLength(packet);
    const end = packet.length - tagLength;
    if (start === undefined || end < start) return undefined;
    const ssrc = packet.readUInt32BE(8);
    const source = this.#source(ssrc);
    if (source === undefined) return undefined;
    const sequence = packet.readUInt16BE(2);
    const roc = guessRoc(source, sequence);
    const index = roc * 0x1_0000 + sequence;
    const window = roc < 0 ? undefined : slide(source.top, source.window, index);
    if (window === undefined) return undefined;
    const tag = authTag(this.#rtp.auth, packet.subarray(0, end), word(roc));
    if (!timingSafeEqual(tag, packet.subarray(end))) return undefined;
    Object.assign(source, window);
    this.#advance(ssrc, source, roc, sequence);
    const iv = packetIv(this.#rtp.salt, ssrc, index);
    return Buffer.concat([packet.subarray(0, start), keystream(this.#rtp.cipher, iv, packet.subarray(start, end))]);
  }

  #advance(ssrc: number, source: Source, roc: number, sequence: number): void {
    this.#sources.set(ssrc, source);
    if (roc > source.roc) source.last = sequence;
    else if (roc === source.roc) source.last = Math.max(source.last, sequence);
    source.roc = Math.max(source.roc, roc);
  }

  protectRtcp(packet: Buffer): Buffer | undefined {
    if (packet.length < 8) return undefined;
    const ssrc = packet.readUInt32BE(4);
    const source = this.#source(ssrc);
    if (source === undefined) return undefined;
    this.#sources.set(ssrc, source);
    source.rtcpIndex += 1;
    const iv = packetIv(this.#rtcp.salt, ssrc, source.rtcpIndex);
    const body = keystream(this.#rtcp.cipher, iv, packet.subarray(8));
    const out = Buffer.concat([packet.subarray(0, 8), body, word(0x8000_0000 + source.rtcpIndex)]);
    return Buffer.concat([out, authTag(this.#rtcp.auth, out)]);
  }

  unprotectRtcp(packet: Buffer): Buffer | undefined {
    const end = packet.length - tagLength;
    if (end < 12) return undefined;
    const ssrc = packet.readUInt32BE(4);
    const source = this.#source(ssrc);
    if (source === undefined) return undefined;
    const trailer = packet.readUInt32BE(end - 4);
    const index = trailer % 0x8000_0000;
    const window = slide(source.rtcpIndex, source.rtcpWindow, index);
    const tag = authTag(this.#rtcp.auth, packet.subarray(0, end));
    if (window === undefined || !timingSafeEqual(tag, packet.subarray(end))) return undefined;
    this.#sources.set(ssrc, source);
    source.rtcpIndex = window.top;
    source.rtcpWindow = window.window;
    const body = packet.subarray(8, end - 4);
    const iv = packetIv(this.#rtcp.salt, ssrc, index);
    const plain = trailer >= 0x8000_0000 ? keystream(this.#rtcp.cipher, iv, body) : body;
    return Buffer.concat([packet.subarray(0, 8), plain]);
  }
}
