#include "press-reader.h"

#include <algorithm>

#include "classify.h"

namespace ringfence {

namespace {
/** Digits, star, pound and A to D (RFC 4733 §3.2); a hook flash or a fax tone is no key. */
constexpr std::uint8_t kLastKey = 15;
constexpr std::uint8_t kEndBit = 0x80;
constexpr std::size_t kEventSize = 4;
/** Events come every 20 to 50 ms; after so long without one the end was lost. */
constexpr Millis kLostAfter = 250;
/** Nobody types faster, and each becomes a request in the other dialog. */
constexpr unsigned kMostASecond = 16;
constexpr Millis kSecond = 1'000;
}  // namespace

bool PressReader::isPress(View packet, Millis now) {
  if ((read8(packet, 1) & 0x7f) == presses_.type) {
    read(packet, now);
    return true;
  }
  settle(now);
  return false;
}

void PressReader::settle(Millis now) {
  if (open_ && now - lastAt_ >= kLostAfter) close(now);
}

std::optional<Press> PressReader::take() {
  const std::optional<Press> first = ended_;
  ended_ = endedThen_;
  endedThen_.reset();
  return first;
}

void PressReader::read(View packet, Millis now) {
  const View payload = from(packet, rtpHeaderLength(packet));
  if (payload.size() < kEventSize || read8(payload, 0) > kLastKey) return;
  const std::uint32_t ssrc = read32(packet, 8);
  const std::uint32_t timestamp = read32(packet, 4);
  if (ssrc_ != ssrc || timestamp_ != timestamp) {
    const auto later = static_cast<std::int32_t>(timestamp - timestamp_);
    // The end of the press before, which came late: that one was said.
    if (ssrc_ == ssrc && later < 0) return;
    begin(ssrc, timestamp, read8(payload, 0), later, now);
  }
  if (!open_) return;
  duration_ = std::max<std::uint32_t>(duration_, read16(payload, 2));
  lastAt_ = now;
  if ((read8(payload, 1) & kEndBit) != 0) close(now);
}

void PressReader::begin(std::uint32_t ssrc, std::uint32_t timestamp, std::uint8_t event, std::int32_t later,
                        Millis now) {
  const bool goesOn = open_ && ssrc_ == ssrc && event_ == event && later == 0xffff;
  if (goesOn) {
    before_ += 0xffff;
  } else {
    if (open_) close(now);
    before_ = 0;
  }
  ssrc_ = ssrc;
  timestamp_ = timestamp;
  event_ = event;
  duration_ = 0;
  open_ = true;
}

void PressReader::close(Millis now) {
  open_ = false;
  if (!second_.has_value() || now - *second_ >= kSecond) {
    second_ = now;
    saidThisSecond_ = 0;
  }
  if (++saidThisSecond_ > kMostASecond) return;
  const std::uint64_t milliseconds = ((before_ + duration_) * 1000 + presses_.clockRate / 2) / presses_.clockRate;
  const Press press{.event = event_,
                    .durationMs = static_cast<std::uint32_t>(std::min<std::uint64_t>(milliseconds, UINT32_MAX))};
  (ended_.has_value() ? endedThen_ : ended_) = press;
}

}  // namespace ringfence
