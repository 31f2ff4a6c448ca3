/** What one master key remembers, apart from the key: SSRCs and packets used up, for RTP and for RTCP. */
import type { BackEnd } from "./back-end.ts";
import { PacketBudget, rtcpLifetime, rtpLifetime } from "./lifetime.ts";
import { type SourceSnapshot, SourceTable } from "./source-table.ts";

export interface SrtpOptions {
  /** Default: the one `backEndOf` names for the suite. */
  readonly backEnd?: BackEnd;
  /** Carry on where another process stopped, with the same key. */
  readonly resume?: SrtpSnapshot;
  /** Packets this key may protect, from the lifetime in `a=crypto` (RFC 4568 §6.1). Default and maximum: RFC 3711 §9.2. */
  readonly lifetime?: number;
}

/** The state of one master key as plain data, without the key: what another process needs to carry a stream on. */
export interface SrtpSnapshot {
  readonly rtp: readonly SourceSnapshot[];
  readonly rtcp: readonly SourceSnapshot[];
  readonly rtpPackets: number;
  readonly rtcpPackets: number;
}

export class KeyState {
  readonly rtp: SourceTable;
  readonly rtcp: SourceTable;
  readonly rtpBudget: PacketBudget;
  readonly rtcpBudget: PacketBudget;

  /** `rtcpGap`: indices that a sender skips when it resumes, because they may have been used after the snapshot was taken. */
  constructor({ resume, lifetime = rtpLifetime }: SrtpOptions, rtcpGap: number) {
    this.rtp = new SourceTable(resume?.rtp ?? []);
    this.rtcp = new SourceTable((resume?.rtcp ?? []).map(({ ssrc, index }) => ({ ssrc, index: index + rtcpGap })));
    this.rtpBudget = new PacketBudget(Math.min(lifetime, rtpLifetime), resume?.rtpPackets ?? 0);
    this.rtcpBudget = new PacketBudget(Math.min(lifetime, rtcpLifetime), resume?.rtcpPackets ?? 0);
  }

  snapshot(): SrtpSnapshot {
    return {
      rtp: this.rtp.snapshot(),
      rtcp: this.rtcp.snapshot(),
      rtpPackets: this.rtpBudget.used,
      rtcpPackets: this.rtcpBudget.used,
    };
  }
}
