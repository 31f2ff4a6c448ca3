/** What one context remembers: its keys and the packets they were used for, and SSRCs, for RTP and for RTCP. */
import { type BackEnd, cipherFor, type PortableBackEnd } from "./back-end.ts";
import { PacketBudget, rtcpLifetime, rtpLifetime } from "./lifetime.ts";
import type { MasterKey } from "./master-key.ts";
import type { PacketCipher } from "./packet-cipher.ts";
import type { SrtpSuite } from "./profile.ts";
import { type SourceSnapshot, SourceTable } from "./source-table.ts";

export interface SrtpOptions {
  /** Default: the one `backEndOf` names for the suite. */
  readonly backEnd?: BackEnd;
  /** Carry on where another process stopped, with the same keys. What is no snapshot is a RangeError. */
  readonly resume?: SrtpSnapshot;
}

/** The state of one context as plain data, without keys: what another process needs to carry a stream on. */
export interface SrtpSnapshot {
  readonly rtp: readonly SourceSnapshot[];
  readonly rtcp: readonly SourceSnapshot[];
  /** Packets each master key was used for, in their order. */
  readonly used: readonly { readonly rtp: number; readonly rtcp: number }[];
}

/** One master key at work. */
export interface KeyInUse {
  readonly cipher: PacketCipher;
  readonly mki: Uint8Array;
  readonly rtp: PacketBudget;
  readonly rtcp: PacketBudget;
}

/** @throws RangeError when the key has the wrong length or the back end does not have the suite */
export function keysInUse(
  suite: SrtpSuite,
  masters: readonly Required<MasterKey>[],
  backEnd: PortableBackEnd | undefined,
  resume: SrtpSnapshot | undefined,
): readonly KeyInUse[] {
  return masters.map(({ keyAndSalt, mki, lifetime }, at) => ({
    cipher: cipherFor(suite, keyAndSalt, backEnd),
    mki: Uint8Array.from(mki),
    rtp: new PacketBudget(Math.min(lifetime, rtpLifetime), resume?.used[at]?.rtp ?? 0),
    rtcp: new PacketBudget(Math.min(lifetime, rtcpLifetime), resume?.used[at]?.rtcp ?? 0),
  }));
}

export class KeyState {
  /** All keys of a context share them: a change of key resets neither rollover counter nor window (RFC 3711 §3.3.1). */
  readonly rtp: SourceTable;
  readonly rtcp: SourceTable;
  readonly keys: readonly KeyInUse[];
  readonly mkiLength: number;

  /** `rtcpGap`: indices that a sender skips when it resumes, because they may have been used after the snapshot was taken. */
  constructor(keys: readonly KeyInUse[], resume: SrtpSnapshot | undefined, rtcpGap: number) {
    this.rtp = new SourceTable(resume?.rtp ?? []);
    this.rtcp = new SourceTable((resume?.rtcp ?? []).map(({ ssrc, index }) => ({ ssrc, index: index + rtcpGap })));
    this.keys = keys;
    this.mkiLength = keys[0]?.mki.length ?? 0;
  }

  /** The key that the MKI before the last `behind` octets names; undefined when it is none of ours. */
  keyFor(packet: Buffer, length: number, behind: number): KeyInUse | undefined {
    const end = length - behind;
    for (const key of this.keys) {
      if (this.mkiLength === 0 || packet.compare(key.mki, 0, undefined, end - this.mkiLength, end) === 0) return key;
    }
    return undefined;
  }

  snapshot(): SrtpSnapshot {
    return {
      rtp: this.rtp.snapshot(),
      rtcp: this.rtcp.snapshot(),
      used: this.keys.map(({ rtp, rtcp }) => ({ rtp: rtp.used, rtcp: rtcp.used })),
    };
  }
}
