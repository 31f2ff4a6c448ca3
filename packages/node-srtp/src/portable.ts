/**
 * The ciphers of werift-rtp behind our seam; the only file that imports it. Everything that needs memory between packets (index, replay,
 * lifetime, SSRCs) and the key derivation stay ours: of werift-rtp only `CipherAesCtr` and `CipherAesGcm` are used, which take the
 * rollover counter as an argument.
 *
 * - Keys go in as KeyObjects: werift-rtp hands them to node:crypto with each packet, and on Node 24 a key as octets costs 20 to 30 µs
 *   there, once or twice a packet.
 * - The header goes in as the octets that arrived. werift-rtp would parse and write it anew, and a header that does not come out of that
 *   unchanged would fail authentication at the far end.
 * - A wrong tag comes out as an exception; it ends here.
 */
import { createSecretKey, type KeyObject } from "node:crypto";
import { type RtpHeader, SrtpSession } from "werift-rtp";
import { srtpResult } from "./failure.ts";
import type { KeyMaterial } from "./key-material.ts";
import { type PacketCipher, rtcpHeaderLength } from "./packet-cipher.ts";
import type { SrtpSuite } from "./profile.ts";
import { rtpSequence, rtpSsrc } from "./rtp-view.ts";

type Cipher = SrtpSession["localContext"]["cipher"];
/** SRTP key and salt, SRTCP key and salt, then the two authentication keys for counter mode. */
type CipherClass = new (...keys: (KeyObject | Buffer)[]) => Cipher;

/** Found once: making a session costs as much as a hundred packets. The numbers are werift-rtp's, and RFC 5764's and RFC 7714's. */
const cipherClasses: ReadonlyMap<SrtpSuite, CipherClass> = new Map([
  ["AES_CM_128_HMAC_SHA1_80", cipherClass(0x0001)],
  ["AEAD_AES_128_GCM", cipherClass(0x0007)],
]);

/** Undefined for a suite that werift-rtp does not have. */
export function weriftCipher(suite: SrtpSuite, keys: KeyMaterial): PacketCipher | undefined {
  const CipherOfSuite = cipherClasses.get(suite);
  if (CipherOfSuite === undefined) return undefined;
  const { rtp, rtcp } = keys;
  const material: (KeyObject | Buffer)[] = [
    createSecretKey(rtp.cipher),
    rtp.salt,
    createSecretKey(rtcp.cipher),
    rtcp.salt,
  ];
  if (rtp.auth.length > 0) material.push(createSecretKey(rtp.auth), createSecretKey(rtcp.auth));
  return new WeriftCipher(new CipherOfSuite(...material));
}

/** The cipher classes are not exported, but a session of each profile holds one. */
function cipherClass(profile: number): CipherClass {
  const key = Buffer.alloc(16);
  const salt = Buffer.alloc(14);
  const keys = { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt };
  return new SrtpSession({ keys, profile }).localContext.cipher.constructor as CipherClass;
}

/** As much of werift-rtp's RtpHeader as its ciphers read, over the octets of the packet. */
class PlainHeader {
  sequenceNumber = 0;
  ssrc = 0;
  payloadOffset = 0;
  serializeSize = 0;
  readonly padding = false;
  paddingSize = 0;
  #octets: Buffer = Buffer.alloc(0);

  of(packet: Buffer, headerLength: number): RtpHeader {
    this.sequenceNumber = rtpSequence(packet);
    this.ssrc = rtpSsrc(packet);
    this.payloadOffset = headerLength;
    this.serializeSize = headerLength;
    this.#octets = packet.subarray(0, headerLength);
    return this as unknown as RtpHeader;
  }

  serialize(): Buffer {
    return this.#octets;
  }
}

class WeriftCipher implements PacketCipher {
  readonly #cipher: Cipher;
  readonly #header = new PlainHeader();

  constructor(cipher: Cipher) {
    this.#cipher = cipher;
  }

  sealRtp(packet: Buffer, headerLength: number, length: number, roc: number): number {
    const header = this.#header.of(packet, headerLength);
    const sealed = this.#cipher.encryptRtp(header, packet.subarray(headerLength, length), roc);
    return headerLength + sealed.copy(packet, headerLength, headerLength);
  }

  openRtp(packet: Buffer, headerLength: number, length: number, roc: number): number {
    const limit = silenceStackTraces();
    try {
      const [plain] = this.#cipher.decryptRtp(packet.subarray(0, length), roc, this.#header.of(packet, headerLength));
      return headerLength + plain.copy(packet, headerLength, headerLength);
    } catch {
      return srtpResult.authentication;
    } finally {
      Error.stackTraceLimit = limit;
    }
  }

  sealRtcp(packet: Buffer, length: number, index: number): number {
    const sealed = this.#cipher.encryptRTCP(packet.subarray(0, length), index);
    return rtcpHeaderLength + sealed.copy(packet, rtcpHeaderLength, rtcpHeaderLength);
  }

  openRtcp(packet: Buffer, length: number): number {
    const limit = silenceStackTraces();
    try {
      const [plain] = this.#cipher.decryptRTCP(packet.subarray(0, length));
      return rtcpHeaderLength + plain.copy(packet, rtcpHeaderLength, rtcpHeaderLength);
    } catch {
      return srtpResult.authentication;
    } finally {
      Error.stackTraceLimit = limit;
    }
  }
}

/** A stack trace for each forged packet would double its price. Returns the limit to put back. */
function silenceStackTraces(): number {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  return limit;
}
