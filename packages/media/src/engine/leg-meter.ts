/** The meters of one pair: what its peer sends, and what its peer says of what it hears. */
import type { PairId } from "./engine.ts";
import { RtcpMeter } from "./rtcp-meter.ts";
import { RtpMeter } from "./rtp-meter.ts";
import type { StreamReport } from "./stream-report.ts";

export class LegMeter {
  readonly rtp = new RtpMeter();
  readonly rtcp = new RtcpMeter();

  /** Since the last call of this; undefined when the peer was silent. `sent`: the meter of what we send to this peer. */
  take(pair: PairId, sent: LegMeter | undefined): StreamReport | undefined {
    const { rtp, rtcp } = this;
    const remote = rtcp.takeRemote(sent?.rtp.clockRate ?? 0);
    const voip = rtcp.takeVoip();
    if (rtp.received === 0 && rtp.duplicate === 0 && remote === undefined && voip === undefined) return undefined;
    const report: StreamReport = {
      pair,
      received: rtp.received,
      expected: rtp.takeExpected(),
      duplicate: rtp.duplicate,
      reordered: rtp.reordered,
      restarts: rtp.restarts,
      comfortNoise: rtp.comfortNoise,
      jitterMs: rtp.jitterMs,
      gapMs: rtp.gapMs,
      sampled: rtp.sampled,
      quiet: rtp.quiet,
      payloadType: rtp.payloadType,
      ...(remote !== undefined && { remote }),
      ...(voip !== undefined && { voip }),
    };
    rtp.clear();
    return report;
  }
}
