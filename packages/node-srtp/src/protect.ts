/**
 * Hot path: RTP to SRTP and RTCP to SRTCP, in place. Numbers, no closures, no promises; results below 0 are `srtpResult` codes.
 * Figures: docs/decisions/0004-srtp-back-ends.md and test/bench/detail/srtp.ts.
 */
import { srtpResult } from "./failure.ts";
import { type KeyInUse, KeyState, keysInUse, type SrtpOptions, type SrtpSnapshot } from "./key-state.ts";
import { rtcpLifetime } from "./lifetime.ts";
import { type MasterKey, masterKeys } from "./master-key.ts";
import { behindMki, insertMki } from "./mki.ts";
import { nativeContext } from "./native.ts";
import { srtcpIndexLength } from "./packet-cipher.ts";
import { type SrtpSuite, type SuiteProfile, suites } from "./profile.ts";
import { lastRtpIndex, rolloverCounter } from "./rollover.ts";
import { rtcpShape, rtcpSsrc } from "./rtcp-view.ts";
import { rtpHeaderLength, rtpSequence, rtpSsrc } from "./rtp-view.ts";

export interface Protector {
  /**
   * Encrypts the RTP packet in the first `length` octets of `packet`, in place; the buffer must have room for the tag (`maxExpansion` and
   * the length of the MKI are always enough). Returns the new length, or a negative `srtpResult`, and then the packet is unchanged and must not be sent.
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

/** @throws RangeError when the key is not `keyAndSaltLength(suite)` octets, the MKI too long, or the back end does not have the suite */
export function createProtector(suite: SrtpSuite, key: Uint8Array | MasterKey, options: SrtpOptions = {}): Protector {
  const { backEnd, resume } = options;
  const keys = masterKeys(key);
  if (backEnd === "native") return nativeContext("protector", suite, keys, resume);
  const [inUse, ...more] = keysInUse(suite, keys, backEnd, resume);
  if (inUse === undefined || more.length > 0) throw new RangeError("a protector has one key");
  return new PacketProtector(suites[suite], inUse, new KeyState([inUse], resume, rtcpResumeGap));
}

class PacketProtector implements Protector {
  readonly #profile: SuiteProfile;
  readonly #key: KeyInUse;
  readonly #state: KeyState;

  constructor(profile: SuiteProfile, key: KeyInUse, state: KeyState) {
    this.#profile = profile;
    this.#key = key;
    this.#state = state;
  }

  get exhausted(): boolean {
    return this.#key.rtp.spent || this.#key.rtcp.spent;
  }

  rtp(packet: Buffer, length: number): number {
    const headerLength = rtpHeaderLength(packet, length);
    if (headerLength < 0) return headerLength;
    const { rtpTagLength } = this.#profile;
    const { cipher, mki, rtp: budget } = this.#key;
    if (length + rtpTagLength + mki.length > packet.length) return srtpResult.capacity;
    const { rtp } = this.#state;
    const ssrc = rtpSsrc(packet);
    const index = rtp.indexFor(ssrc, rtpSequence(packet));
    if (index < 0) return index;
    if (index > lastRtpIndex || budget.spent) return srtpResult.lifetime;
    const sealed = cipher.sealRtp(packet, headerLength, length, rolloverCounter(index));
    rtp.commit(ssrc, index);
    budget.take();
    return insertMki(packet, sealed, behindMki(this.#profile, rtpTagLength), mki);
  }

  rtcp(packet: Buffer, length: number): number {
    const shape = rtcpShape(packet, length, 0);
    if (shape < 0) return shape;
    const { rtcpTagLength } = this.#profile;
    const { cipher, mki, rtcp: budget } = this.#key;
    if (length + srtcpIndexLength + rtcpTagLength + mki.length > packet.length) return srtpResult.capacity;
    const { rtcp } = this.#state;
    const ssrc = rtcpSsrc(packet);
    // The first index is 1, as in every deployed implementation: some receivers take 0 for "none yet".
    const index = (rtcp.highest(ssrc) ?? 0) + 1;
    const verdict = rtcp.check(ssrc, index);
    if (verdict < 0) return verdict;
    if (index > lastRtcpIndex || budget.spent) return srtpResult.lifetime;
    const sealed = cipher.sealRtcp(packet, length, index);
    rtcp.commit(ssrc, index);
    budget.take();
    return insertMki(packet, sealed, behindMki(this.#profile, rtcpTagLength), mki);
  }

  snapshot(): SrtpSnapshot {
    return this.#state.snapshot();
  }
}
