/** The meters of one pair: what its peer sends, and what its peer says of what it hears. The twin of src/engine/leg-meter.ts. */
#ifndef RINGFENCE_LEG_METER_H
#define RINGFENCE_LEG_METER_H

#include "commands.h"
#include "rtcp-meter.h"
#include "rtp-meter.h"

namespace ringfence {

/** See stream-report.ts StreamReport. */
struct StreamReport {
  PairId pair = 0;
  RtpCounts counts;
  std::int64_t expected = 0;
  Millis jitterMs = 0;
  int payloadType = -1;
  std::optional<RemoteView> remote;
  std::optional<VoipMetrics> voip;
};

struct LegMeter {
  RtpMeter rtp;
  RtcpMeter rtcp;

  /** Since the last call of this; nothing when the peer was silent. `sent`: the meter of what we send to this peer. */
  [[nodiscard]] std::optional<StreamReport> take(PairId pair, const LegMeter* sent) {
    StreamReport report{.pair = pair,
                        .counts = rtp.counts,
                        .expected = 0,
                        .jitterMs = rtp.jitterMs(),
                        .payloadType = rtp.payloadType(),
                        .remote = rtcp.takeRemote(sent == nullptr ? 0 : sent->rtp.clockRate()),
                        .voip = rtcp.takeVoip()};
    const bool silent = report.counts.received == 0 && report.counts.duplicate == 0;
    if (silent && !report.remote.has_value() && !report.voip.has_value()) return std::nullopt;
    report.expected = rtp.takeExpected();
    rtp.counts = {};
    return report;
  }
};

}  // namespace ringfence

#endif
