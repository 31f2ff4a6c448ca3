#include "rtcp-meter.h"

#include <algorithm>
#include <utility>

#include "rtcp-parts.h"

namespace ringfence {

namespace {
/** Nobody waits so long for an answer: the peer's clock or ours is wrong. */
constexpr Millis kLongestRoundTrip = 10'000;
constexpr std::uint8_t kUnavailable = 127;
constexpr std::uint8_t kVoipMetrics = 7;
constexpr std::size_t kVoipMetricsSize = 36;

double known(View block, std::size_t at, double scale) {
  const std::uint8_t value = read8(block, at);
  return value == kUnavailable ? -1 : value / scale;
}

VoipMetrics voipMetrics(View block) {
  return {.lossRate = read8(block, 8) / 256.0,
          .discardRate = read8(block, 9) / 256.0,
          .roundTripMs = static_cast<double>(read16(block, 16)),
          .endSystemDelayMs = static_cast<double>(read16(block, 18)),
          .rFactor = known(block, 24, 1),
          .mosListening = known(block, 26, 10),
          .mosConversational = known(block, 27, 10),
          .jitterBufferMs = static_cast<double>(read16(block, 30))};
}
}  // namespace

void RtcpMeter::sent(View packet, Millis now) {
  if (rtcp::typeOf(packet) != rtcp::kSenderReport || !holds(packet, 0, rtcp::kSenderReportHead)) return;
  // The middle 32 bits of its NTP timestamp are what the answer will name it by.
  sent_[next_] = {.name = read32(packet, 10), .at = now};
  next_ = (next_ + 1) % kKept;
}

void RtcpMeter::received(View packet, std::int64_t ssrc, Millis now) {
  rtcp::Parts parts(packet);
  for (View piece = parts.next(); !piece.empty(); piece = parts.next()) {
    switch (rtcp::typeOf(piece)) {
      case rtcp::kSenderReport:
        blocks(piece, rtcp::kSenderReportHead, ssrc, now);
        break;
      case rtcp::kReceiverReport:
        blocks(piece, rtcp::kReceiverReportHead, ssrc, now);
        break;
      case rtcp::kExtendedReport:
        extended(piece, ssrc);
        break;
      default:
        break;
    }
  }
}

std::optional<RemoteView> RtcpMeter::takeRemote(std::uint32_t clockRate) {
  if (!std::exchange(heard_, false)) return std::nullopt;
  return RemoteView{.fractionLost = fractionLost_,
                    .jitterMs = clockRate > 0 ? jitter_ * 1'000.0 / clockRate : 0,
                    .roundTripMs = roundTripMs_};
}

std::optional<VoipMetrics> RtcpMeter::takeVoip() { return std::exchange(voip_, std::nullopt); }

void RtcpMeter::blocks(View report, std::size_t head, std::int64_t ssrc, Millis now) {
  Reader reader(report);
  reader.skip(head);
  for (unsigned count = rtcp::countOf(report); count > 0; count--) {
    const View one = reader.octets(rtcp::kReportBlock);
    if (!reader.ok()) return;
    if (ssrc == read32(one, 0)) block(one, now);
  }
}

void RtcpMeter::block(View block, Millis now) {
  heard_ = true;
  fractionLost_ = read8(block, 4) / 256.0;
  jitter_ = read32(block, 12);
  const std::uint32_t name = read32(block, 16);
  if (name == 0) return;
  const auto found =
      std::find_if(sent_.begin(), sent_.end(), [name](const SentReport& one) { return one.name == name; });
  if (found == sent_.end()) return;
  const Millis roundTrip = now - found->at - read32(block, 20) * 1'000.0 / 0x1'0000;
  // Clocks that tick differently can make a short way look negative.
  if (roundTrip < kLongestRoundTrip) roundTripMs_ = std::max(0.0, roundTrip);
}

/** RFC 3611 §4.7. */
void RtcpMeter::extended(View report, std::int64_t ssrc) {
  rtcp::Parts blocks(from(report, rtcp::kExtendedReportHead));
  for (View one = blocks.next(); !one.empty(); one = blocks.next()) {
    if (read8(one, 0) != kVoipMetrics || one.size() != kVoipMetricsSize) continue;
    if (ssrc == read32(one, 4)) voip_ = voipMetrics(one);
  }
}

}  // namespace ringfence
