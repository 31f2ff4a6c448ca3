/**
 * Hot path: SRTP to RTP and SRTCP to RTCP, in place. Numbers, no closures, no promises; results below 0 are `srtpResult` codes.
 *
 * The order of the steps is the security and must not be tidied:
 *   1. shape           a header that ends inside the packet
 *   2. MKI             which key
 *   3. index, window   READ only: a replay costs no cipher, and is refused whatever its tag says
 *   4. authentication
 *   5. window, SSRC    WRITTEN only now: a forged packet moves no window, no ROC, and makes no entry
 */
import { srtpResult } from "./failure.ts";
import { KeyState, keysInUse, type SrtpOptions, type SrtpSnapshot } from "./key-state.ts";
import { type MasterKeys, masterKeys } from "./master-key.ts";
import { behindMki, insertMki, removeMki } from "./mki.ts";
import { nativeContext } from "./native.ts";
import { srtcpIndexLength } from "./packet-cipher.ts";
import { type SrtpSuite, type SuiteProfile, suites } from "./profile.ts";
import { lastRtpIndex, rolloverCounter } from "./rollover.ts";
import { rtcpShape, rtcpSsrc, srtcpIndex, srtcpWord } from "./rtcp-view.ts";
import { maxDatagram, rtpHeaderLength, rtpSequence, rtpSsrc } from "./rtp-view.ts";

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

/**
 * One key, or several with an MKI each, of which the packet's MKI names one.
 * @throws RangeError when a key is not `keyAndSaltLength(suite)` octets, the MKIs do not fit together, or the back end does not have the suite
 */
export function createUnprotector(suite: SrtpSuite, keys: MasterKeys, options: SrtpOptions = {}): Unprotector {
  const { backEnd, resume } = options;
  const masters = masterKeys(keys);
  if (backEnd === "native") return nativeContext("unprotector", suite, masters, resume);
  return new PacketUnprotector(suites[suite], new KeyState(keysInUse(suite, masters, backEnd, resume), resume, 0));
}

/** Exported for the test that counts how often the cipher is asked. */
export class PacketUnprotector implements Unprotector {
  readonly #profile: SuiteProfile;
  readonly #state: KeyState;

  constructor(profile: SuiteProfile, state: KeyState) {
    this.#profile = profile;
    this.#state = state;
  }

  get sources(): number {
    return this.#state.rtp.size + this.#state.rtcp.size;
  }

  rtp(packet: Buffer, length: number): number {
    if (length > packet.length) return srtpResult.short;
    if (length > maxDatagram) return srtpResult.malformed;
    const { rtp, mkiLength } = this.#state;
    const { rtpTagLength } = this.#profile;
    // Without the trailer: a header that reaches into it is malformed.
    const headerLength = rtpHeaderLength(packet, length - rtpTagLength - mkiLength);
    if (headerLength < 0) return headerLength;
    const behind = behindMki(this.#profile, rtpTagLength);
    const key = this.#state.keyFor(packet, length, behind);
    if (key === undefined) return srtpResult.mki;
    const ssrc = rtpSsrc(packet);
    const index = rtp.indexFor(ssrc, rtpSequence(packet));
    if (index < 0) return index;
    if (index > lastRtpIndex || key.rtp.spent) return srtpResult.lifetime;
    const bare = removeMki(packet, length, behind, mkiLength);
    const plain = key.cipher.openRtp(packet, headerLength, bare, rolloverCounter(index));
    if (plain < 0) return refused(plain, packet, bare, behind, key.mki);
    rtp.commit(ssrc, index);
    key.rtp.take();
    return plain;
  }

  rtcp(packet: Buffer, length: number): number {
    const { rtcp, mkiLength } = this.#state;
    const { rtcpTagLength } = this.#profile;
    const shape = rtcpShape(packet, length, srtcpIndexLength + rtcpTagLength + mkiLength);
    if (shape < 0) return shape;
    const behind = behindMki(this.#profile, rtcpTagLength);
    const key = this.#state.keyFor(packet, length, behind);
    if (key === undefined) return srtpResult.mki;
    const ssrc = rtcpSsrc(packet);
    const word = srtcpWord(packet, length, this.#profile, mkiLength);
    const index = srtcpIndex(word);
    const verdict = rtcp.check(ssrc, index);
    if (verdict < 0) return verdict;
    if (key.rtcp.spent) return srtpResult.lifetime;
    const bare = removeMki(packet, length, behind, mkiLength);
    const plain = key.cipher.openRtcp(packet, bare, word);
    if (plain < 0) return refused(plain, packet, bare, behind, key.mki);
    rtcp.commit(ssrc, index);
    key.rtcp.take();
    return plain;
  }

  snapshot(): SrtpSnapshot {
    return this.#state.snapshot();
  }
}

/** The packet as it came. */
function refused(code: number, packet: Buffer, bare: number, behind: number, mki: Uint8Array): number {
  insertMki(packet, bare, behind, mki);
  return code;
}
