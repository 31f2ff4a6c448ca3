/**
 * What is counted of a call: streams of RTP and compounds of RTCP of one peer, in any order and at any time, while reports are taken and formats
 * change. No number is one that could not be: not finite, negative, or more than came.
 */
#include <cmath>
#include <vector>

#include "classify.h"
#include "events.h"
#include "leg-meter.h"

namespace {
using namespace ringfence;

void must(bool holds) {
  if (!holds) __builtin_trap();
}

bool isFraction(double value) { return value >= 0 && value < 1; }

bool isKnownUpTo(double value, double most) { return value == -1 || (value >= 0 && value <= most); }

void look(const StreamReport& report, std::uint64_t packets) {
  const RtpCounts& counts = report.counts;
  must(counts.received + counts.duplicate <= packets && counts.reordered <= counts.received);
  must(counts.restarts <= counts.received && counts.comfortNoise <= counts.received);
  must(counts.quiet <= counts.sampled && counts.sampled <= counts.received);
  must(std::isfinite(report.jitterMs) && report.jitterMs >= 0 && std::isfinite(counts.gapMs) && counts.gapMs >= 0);
  if (report.remote.has_value()) {
    must(isFraction(report.remote->fractionLost));
    must(std::isfinite(report.remote->jitterMs) && report.remote->jitterMs >= 0);
    must(isKnownUpTo(report.remote->roundTripMs, 10'000));
  }
  if (report.voip.has_value()) {
    must(isFraction(report.voip->lossRate) && isFraction(report.voip->discardRate));
    must(isKnownUpTo(report.voip->rFactor, 255) && isKnownUpTo(report.voip->mosListening, 25.5) &&
         isKnownUpTo(report.voip->mosConversational, 25.5));
  }
}

class Leg {
 public:
  void step(Reader& reader) {
    const std::uint8_t what = reader.u8();
    now_ += reader.u8() * ((what & 0x80) != 0 ? 100.0 : 1.0);
    switch (what % 8) {
      case 0:
        report();
        break;
      case 1:
        configure(reader.u8(), reader.u32());
        break;
      default:
        arrive(what, reader.octets(std::min<std::size_t>(reader.u8(), reader.left())));
    }
  }

  void report() {
    const auto report = peer_.take(1, &ours_);
    if (!report.has_value()) return;
    look(*report, packets_);
    // What was expected may be less than what came (late packets of a report before), never less than nothing in all.
    expected_ += report->expected;
    must(expected_ >= 0);
    packets_ = 0;
    EventLog events;
    events.counters({}, {}, std::span(&*report, 1));
    must(!events.empty());
  }

 private:
  void configure(std::uint8_t bits, std::uint32_t clockRate) {
    peer_.rtp.configure({{.type = 0, .role = Role::kPcmu, .clockRate = 8'000},
                         {.type = 8, .role = Role::kPcma, .clockRate = 8'000},
                         {.type = 13, .role = Role::kNoise, .clockRate = 8'000},
                         {.type = static_cast<std::uint8_t>(bits & 0x7f),
                          .role = (bits & 0x80) != 0 ? Role::kEvents : Role::kMedia,
                          .clockRate = clockRate}});
  }

  void arrive(std::uint8_t what, View octets) {
    const std::vector<std::uint8_t> packet(octets.begin(), octets.end());
    if (what % 8 < 5) {
      if (classifyRtp(packet) != Drop::kNone || !rtpPaddingFits(packet)) return;
      packets_++;
      (what % 8 == 4 ? ours_ : peer_).rtp.packet(packet, now_);
    } else if (classifyRtcp(packet) == Drop::kNone && rtcpCompoundFits(packet)) {
      if (what % 8 == 5) {
        ours_.rtcp.sent(packet, now_);
        peer_.rtcp.sent(packet, now_);
      } else {
        peer_.rtcp.received(packet, ours_.rtp.ssrc(), now_);
      }
    }
  }

  LegMeter peer_;
  LegMeter ours_;
  Millis now_ = 0;
  std::uint64_t packets_ = 0;
  std::int64_t expected_ = 0;
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader reader({data, size});
  Leg leg;
  while (reader.ok() && reader.left() > 0) leg.step(reader);
  leg.report();
  return 0;
}
