/**
 * Hot path: RTP to SRTP and RTCP to SRTCP, in place. Numbers, no closures, no promises; results below 0 are `srtpResult` codes.
 * Figures: docs/decisions/0004-srtp-back-ends.md and test/bench/detail/srtp.ts.
 */
import { cipherFor } from "./back-end.ts";
import { srtpResult } from "./failure.ts";
import { KeyState, type SrtpOptions, type SrtpSnapshot } from "./key-state.ts";
import { rtcpLifetime } from "./lifetime.ts";
import { type PacketCipher, srtcpIndexLength } from "./packet-cipher.ts";
import { type SrtpSuite, type SuiteProfile, suites } from "./profile.ts";
import { lastRtpIndex, rolloverCounter } from "./rollover.ts";
import { rtcpShape, rtcpSsrc } from "./rtcp-view.ts";
import { rtpHeaderLength, rtpSequence, rtpSsrc } from "./rtp-view.ts";

export interface Protector {
  /**
   * Encrypts the RTP packet in the first `length` octets of `packet`, in place; the buffer must have room for the tag (`maxExpansion`
   * is always enough). Returns the new length, or a negative `srtpResult`, and then the packet is unchanged and must not be sent.
   * An index is never used twice: a repeated packet is refused as `replay`, since it would repeat the keystream.
   */
  rtp(packet: Buffer, length: number): number;
  /** The same for a compound RTCP packet. */
  rtcp(packet: Buffer, length: number): number;
  /** True when the key has come to its end and every further packet is refused with `lifetime`. */
  readonly exhausted: boolean;
  snapshot(): SrtpSnapshot;
}

/** RTCP packets that may have been sent after the snapshot was taken: their indices must not be used again. */
const rtcpResumeGap = 0x1_0000;
const lastRtcpIndex = rtcpLifetime - 1;

/** @throws RangeError when `keyAndSalt` is not `keyAndSaltLength(suite)` octets, or the back end does not have the suite */
export function createProtector(suite: SrtpSuite, keyAndSalt: Uint8Array, options: SrtpOptions = {}): Protector {
  const cipher = cipherFor(suite, keyAndSalt, options.backEnd);
  return new PacketProtector(suites[suite], cipher, new KeyState(options, rtcpResumeGap));
}

class PacketProtector implements Protector {
  readonly #profile: SuiteProfile;
  readonly #cipher: PacketCipher;
  readonly #state: KeyState;

  constructor(profile: SuiteProfile, cipher: PacketCipher, state: KeyState) {
    this.#profile = profile;
    this.#cipher = cipher;
    this.#state = state;
  }

  get exhausted(): boolean {
    return this.#state.rtpBudget.spent || this.#state.rtcpBudget.spent;
  }

  rtp(packet: Buffer, length: number): number {
    const headerLength = rtpHeaderLength(packet, length);
    if (headerLength < 0) return headerLength;
    if (length + this.#profile.rtpTagLength > packet.length) return srtpResult.capacity;
    const { rtp, rtpBudget } = this.#state;
    const ssrc = rtpSsrc(packet);
    const index = rtp.indexFor(ssrc, rtpSequence(packet));
    if (index < 0) return index;
    if (index > lastRtpIndex || rtpBudget.spent) return srtpResult.lifetime;
    const sealed = this.#cipher.sealRtp(packet, headerLength, length, rolloverCounter(index));
    rtp.commit(ssrc, index);
    rtpBudget.take();
    return sealed;
  }

  rtcp(packet: Buffer, length: number): number {
    const shape = rtcpShape(packet, length, 0);
    if (shape < 0) return shape;
    if (length + srtcpIndexLength + this.#profile.rtcpTagLength > packet.length) return srtpResult.capacity;
    const { rtcp, rtcpBudget } = this.#state;
    const ssrc = rtcpSsrc(packet);
    // The first index is 1, as in every deployed implementation: some receivers take 0 for "none yet".
    const index = (rtcp.highest(ssrc) ?? 0) + 1;
    const verdict = rtcp.check(ssrc, index);
    if (verdict < 0) return verdict;
    if (index > lastRtcpIndex || rtcpBudget.spent) return srtpResult.lifetime;
    const sealed = this.#cipher.sealRtcp(packet, length, index);
    rtcp.commit(ssrc, index);
    rtcpBudget.take();
    return sealed;
  }

  snapshot(): SrtpSnapshot {
    return this.#state.snapshot();
  }
}
