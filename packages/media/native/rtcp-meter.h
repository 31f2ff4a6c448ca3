/**
 * Reads the RTCP that one peer sends, for what it says of the stream it hears, and measures the way to it and back. The twin of
 * src/engine/rtcp-meter.ts. For compound packets in clear that `rtcpCompoundFits`.
 */
#ifndef RINGFENCE_RTCP_METER_H
#define RINGFENCE_RTCP_METER_H

#include <array>
#include <optional>

#include "bytes.h"
#include "latch.h"

namespace ringfence {

/** See stream-report.ts RemoteView. */
struct RemoteView {
  double fractionLost = 0;
  Millis jitterMs = 0;
  /** Negative: not known. */
  Millis roundTripMs = -1;
};

/** See stream-report.ts VoipMetrics. Negative: not known. */
struct VoipMetrics {
  double lossRate = 0;
  double discardRate = 0;
  double roundTripMs = 0;
  double endSystemDelayMs = 0;
  double rFactor = -1;
  double mosListening = -1;
  double mosConversational = -1;
  double jitterBufferMs = 0;
};

class RtcpMeter {
 public:
  /** A compound packet of the other side is on its way to this peer. */
  void sent(View packet, Millis now);
  /** This peer's own compound packet. `ssrc`: of the stream that we send it; negative while there is none. */
  void received(View packet, std::int64_t ssrc, Millis now);

  /** What was heard since the last call of this. `clockRate`: of the stream that we send, in Hz. */
  [[nodiscard]] std::optional<RemoteView> takeRemote(std::uint32_t clockRate);
  [[nodiscard]] std::optional<VoipMetrics> takeVoip();

 private:
  /** Sender reports handed on that the peer may still name: one comes in five seconds or so. */
  static constexpr std::size_t kKept = 4;

  struct SentReport {
    std::uint32_t name = 0;
    Millis at = 0;
  };

  void blocks(View report, std::size_t head, std::int64_t ssrc, Millis now);
  void block(View block, Millis now);
  void extended(View report, std::int64_t ssrc);

  bool heard_ = false;
  double fractionLost_ = 0;
  /** In units of the stream's timestamps. */
  std::uint32_t jitter_ = 0;
  Millis roundTripMs_ = -1;
  std::optional<VoipMetrics> voip_;
  std::array<SentReport, kKept> sent_{};
  std::size_t next_ = 0;
};

}  // namespace ringfence

#endif
