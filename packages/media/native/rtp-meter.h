/**
 * Counts what one peer's RTP stream loses, repeats and delays: RFC 3550 §A.1, §A.3, §A.8. The twin of src/engine/rtp-meter.ts.
 *
 * HOT PATH: numbers only, nothing allocated per packet. It sees packets that were accepted (authenticated, from the source), in clear.
 */
#ifndef RINGFENCE_RTP_METER_H
#define RINGFENCE_RTP_METER_H

#include <vector>

#include "bytes.h"
#include "latch.h"

namespace ringfence {

enum class Role : std::uint8_t { kMedia, kPcmu, kPcma, kEvents, kNoise };

/** A payload type as negotiated on one leg. */
struct PayloadFormat {
  std::uint8_t type = 0xff;
  Role role = Role::kMedia;
  /** Of its timestamps, in Hz; 0 when it is not known. */
  std::uint32_t clockRate = 0;
};

/** From one report to the next. */
struct RtpCounts {
  std::uint64_t received = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t reordered = 0;
  std::uint64_t restarts = 0;
  std::uint64_t comfortNoise = 0;
  /** Longest time between two packets. */
  Millis gapMs = 0;
  /** G.711 packets whose level was looked at, and how many of them held silence. */
  std::uint64_t sampled = 0;
  std::uint64_t quiet = 0;
};

class RtpMeter {
 public:
  void configure(std::vector<PayloadFormat> formats);
  /** A packet whose header fits. */
  void packet(View packet, Millis now);

  /** Sequence numbers that should have come since the last call of this. */
  [[nodiscard]] std::int64_t takeExpected();

  [[nodiscard]] Millis jitterMs() const { return jitter_; }
  /** Of the last packet; negative before the first. */
  [[nodiscard]] int payloadType() const { return type_; }
  [[nodiscard]] std::uint32_t clockRate() const { return format_.clockRate; }
  /** Of the last packet; negative before the first. */
  [[nodiscard]] std::int64_t ssrc() const { return ssrc_; }

  RtpCounts counts;

 private:
  void turnTo(int type);
  void begin(std::uint32_t ssrc, std::uint16_t sequence);
  bool inSequence(std::uint16_t sequence);
  bool late(unsigned behind);
  bool outOfRange(std::uint16_t sequence);
  void time(std::uint32_t timestamp, Millis now);
  void sample(View packet);

  std::vector<PayloadFormat> formats_;
  PayloadFormat format_;
  int type_ = -1;
  std::int64_t ssrc_ = -1;
  /** Of the run of sequence numbers that goes on: its first, its highest with the wraps before it, and which of the last 32 came. */
  std::int64_t first_ = 0;
  std::int64_t highest_ = 0;
  std::uint32_t seen_ = 0;
  /** Where a run would go on that begins anew: two packets in order make it one. Negative: none. */
  std::int32_t elsewhere_ = -1;
  /** Expected in the runs before this one, and reported already. */
  std::int64_t expectedBefore_ = 0;
  std::int64_t expectedReported_ = 0;
  Millis jitter_ = 0;
  Millis at_ = 0;
  std::uint32_t timestamp_ = 0;
  bool timed_ = false;
  unsigned countdown_ = 1;
};

}  // namespace ringfence

#endif
