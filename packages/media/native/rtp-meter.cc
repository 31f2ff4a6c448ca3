#include "rtp-meter.h"

#include <cmath>

#include "classify.h"
#include "g711-level.h"

namespace ringfence {

namespace {
/** RFC 3550 §A.1: a jump ahead of more is a restart; so is a step back of more than the second. */
constexpr unsigned kMaxDropout = 3000;
constexpr unsigned kMaxMisorder = 100;
constexpr unsigned kSequences = 0x1'0000;
/** Sequence numbers remembered, to tell a late packet from one that came twice. */
constexpr unsigned kRemembered = 32;
/** A timestamp that is further off is a clock that was set anew, and no delay. */
constexpr Millis kLongestDelay = 5'000;
/** One G.711 packet in so many has its level looked at. */
constexpr unsigned kSampleEvery = 32;
}  // namespace

void RtpMeter::configure(std::vector<PayloadFormat> formats) {
  formats_ = std::move(formats);
  turnTo(type_);
  // A change of codec may change the clock: the next two packets begin the jitter again.
  timed_ = false;
}

std::int64_t RtpMeter::takeExpected() {
  const std::int64_t all = expectedBefore_ + (ssrc_ < 0 ? 0 : highest_ - first_ + 1);
  const std::int64_t since = all - expectedReported_;
  expectedReported_ = all;
  return since;
}

void RtpMeter::packet(View packet, Millis now) {
  const int type = read8(packet, 1) & 0x7f;
  if (type != type_) turnTo(type);
  const std::uint32_t ssrc = read32(packet, 8);
  const std::uint16_t sequence = read16(packet, 2);
  if (ssrc_ != ssrc) {
    begin(ssrc, sequence);
  } else if (!inSequence(sequence)) {
    return;
  }
  time(read32(packet, 4), now);
  if (format_.role == Role::kNoise) {
    counts.comfortNoise++;
  } else if (format_.role == Role::kPcmu || format_.role == Role::kPcma) {
    sample(packet);
  }
}

void RtpMeter::turnTo(int type) {
  PayloadFormat found;
  for (const PayloadFormat& format : formats_) {
    if (format.type == type) found = format;
  }
  if (found.clockRate != format_.clockRate) timed_ = false;
  format_ = found;
  type_ = type;
}

void RtpMeter::begin(std::uint32_t ssrc, std::uint16_t sequence) {
  if (ssrc_ >= 0) {
    expectedBefore_ += highest_ - first_ + 1;
    counts.restarts++;
  }
  ssrc_ = ssrc;
  first_ = sequence;
  highest_ = sequence;
  seen_ = 1;
  elsewhere_ = -1;
  timed_ = false;
  counts.received++;
}

/** False: it does not belong to the run, or came twice. */
bool RtpMeter::inSequence(std::uint16_t sequence) {
  const auto highest = static_cast<std::uint16_t>(highest_ & 0xffff);
  const unsigned ahead = static_cast<std::uint16_t>(sequence - highest);
  if (ahead != 0 && ahead < kMaxDropout) {
    highest_ += ahead;
    seen_ = ahead < kRemembered ? seen_ << ahead | 1U : 1U;
  } else if (ahead != 0 && ahead <= kSequences - kMaxMisorder) {
    return outOfRange(sequence);
  } else if (!late((kSequences - ahead) & 0xffffU)) {
    counts.duplicate++;
    return false;
  }
  elsewhere_ = -1;
  counts.received++;
  return true;
}

/** Whether one that is so far behind the highest comes for the first time. */
bool RtpMeter::late(unsigned behind) {
  const std::uint32_t bit = behind < kRemembered ? 1U << behind : 0;
  if (behind == 0 || (seen_ & bit) != 0) return false;
  seen_ |= bit;
  counts.reordered++;
  return true;
}

bool RtpMeter::outOfRange(std::uint16_t sequence) {
  if (elsewhere_ != sequence) {
    elsewhere_ = static_cast<std::uint16_t>(sequence + 1U);
    return false;
  }
  begin(static_cast<std::uint32_t>(ssrc_), sequence);
  return true;
}

/** Timestamps of events stand still and those of comfort noise come when they like: neither says anything of delay. */
void RtpMeter::time(std::uint32_t timestamp, Millis now) {
  if (format_.role == Role::kEvents || format_.role == Role::kNoise) return;
  if (timed_) {
    const Millis since = now - at_;
    if (since > counts.gapMs) counts.gapMs = since;
    const auto ticks = static_cast<std::int32_t>(timestamp - timestamp_);
    const Millis delay = std::fabs(since - ticks * 1'000.0 / format_.clockRate);
    if (delay < kLongestDelay) jitter_ += (delay - jitter_) / 16;
  }
  at_ = now;
  timestamp_ = timestamp;
  timed_ = format_.clockRate > 0;
}

void RtpMeter::sample(View packet) {
  if (--countdown_ > 0) return;
  countdown_ = kSampleEvery;
  counts.sampled++;
  if (isQuiet(from(packet, rtpHeaderLength(packet)), format_.role == Role::kPcma)) counts.quiet++;
}

}  // namespace ringfence
