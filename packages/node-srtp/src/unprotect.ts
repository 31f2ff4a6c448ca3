/**
 * Hot path: SRTP to RTP and SRTCP to RTCP, in place. Numbers, no closures, no promises; results below 0 are `srtpResult` codes.
 *
 * The order of the steps is the security and must not be tidied:
 *   1. shape           a header that ends inside the packet
 *   2. index, window   READ only: a replay costs no cipher, and is refused whatever its tag says
 *   3. authentication
 *   4. window, SSRC    WRITTEN only now: a forged packet moves no window, no ROC, and makes no entry
 */
import { cipherFor } from "./back-end.ts";
import { srtpResult } from "./failure.ts";
import { KeyState, type SrtpOptions, type SrtpSnapshot } from "./key-state.ts";
import { type PacketCipher, srtcpIndexLength } from "./packet-cipher.ts";
import { type SrtpSuite, type SuiteProfile, suites } from "./profile.ts";
import { lastRtpIndex, rolloverCounter } from "./rollover.ts";
import { rtcpShape, rtcpSsrc, srtcpIndex, srtcpWord } from "./rtcp-view.ts";
import { rtpHeaderLength, rtpSequence, rtpSsrc } from "./rtp-view.ts";

export interface Unprotector {
  /**
   * Authenticates and decrypts the SRTP packet in the first `length` octets of `packet`, in place. Returns the length of the RTP packet,
   * or a negative `srtpResult`, and then the packet is unchanged and nothing was learnt from it.
   */
  rtp(packet: Buffer, length: number): number;
  /** The same for SRTCP. An authentic packet with the E flag clear is accepted: it was the peer's choice (RFC 3711 §3.4). */
  rtcp(packet: Buffer, length: number): number;
  /** SSRCs of which a packet has authenticated: RTP and RTCP entries together. */
  readonly sources: number;
  snapshot(): SrtpSnapshot;
}

/** @throws RangeError when `keyAndSalt` is not `keyAndSaltLength(suite)` octets, or the back end does not have the suite */
export function createUnprotector(suite: SrtpSuite, keyAndSalt: Uint8Array, options: SrtpOptions = {}): Unprotector {
  const cipher = cipherFor(suite, keyAndSalt, options.backEnd);
  return new PacketUnprotector(suites[suite], cipher, new KeyState(options, 0));
}

/** Exported for the test that counts how often the cipher is asked. */
export class PacketUnprotector implements Unprotector {
  readonly #profile: SuiteProfile;
  readonly #cipher: PacketCipher;
  readonly #state: KeyState;

  constructor(profile: SuiteProfile, cipher: PacketCipher, state: KeyState) {
    this.#profile = profile;
    this.#cipher = cipher;
    this.#state = state;
  }

  get sources(): number {
    return this.#state.rtp.size + this.#state.rtcp.size;
  }

  rtp(packet: Buffer, length: number): number {
    if (length > packet.length) return srtpResult.short;
    // Without the tag: a header that reaches into the tag is malformed.
    const headerLength = rtpHeaderLength(packet, length - this.#profile.rtpTagLength);
    if (headerLength < 0) return headerLength;
    const { rtp, rtpBudget } = this.#state;
    const ssrc = rtpSsrc(packet);
    const index = rtp.indexFor(ssrc, rtpSequence(packet));
    if (index < 0) return index;
    if (index > lastRtpIndex || rtpBudget.spent) return srtpResult.lifetime;
    const plain = this.#cipher.openRtp(packet, headerLength, length, rolloverCounter(index));
    if (plain < 0) return plain;
    rtp.commit(ssrc, index);
    rtpBudget.take();
    return plain;
  }

  rtcp(packet: Buffer, length: number): number {
    const shape = rtcpShape(packet, length, srtcpIndexLength + this.#profile.rtcpTagLength);
    if (shape < 0) return shape;
    const { rtcp, rtcpBudget } = this.#state;
    const ssrc = rtcpSsrc(packet);
    const word = srtcpWord(packet, length, this.#profile);
    const index = srtcpIndex(word);
    const verdict = rtcp.check(ssrc, index);
    if (verdict < 0) return verdict;
    if (rtcpBudget.spent) return srtpResult.lifetime;
    const plain = this.#cipher.openRtcp(packet, length, word);
    if (plain < 0) return plain;
    rtcp.commit(ssrc, index);
    rtcpBudget.take();
    return plain;
  }

  snapshot(): SrtpSnapshot {
    return this.#state.snapshot();
  }
}
