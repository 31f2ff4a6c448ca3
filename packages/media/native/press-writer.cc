#include "press-writer.h"

#include <algorithm>

namespace ringfence {

namespace {
constexpr std::size_t kMostWaiting = 32;
constexpr Millis kPatience = 5'000;
/** RFC 4733 §2.5.1.4: the end is said three times. */
constexpr unsigned kEnds = 3;
/** Sound between two presses, so that they are heard as two: 50 ms. */
constexpr std::uint32_t kPausesASecond = 20;
/** -10 dBm0, as telephones send. */
constexpr std::uint8_t kVolume = 10;
constexpr std::uint8_t kEndBit = 0x80;
constexpr std::uint8_t kMarker = 0x80;
constexpr std::uint8_t kVersion = 0x80;
constexpr std::size_t kHeader = 12;
constexpr std::size_t kEventPacket = 16;
constexpr std::uint64_t kLongest = 0xffff;

std::int32_t between(std::uint32_t later, std::uint32_t earlier) { return static_cast<std::int32_t>(later - earlier); }
}  // namespace

void PressWriter::press(const Press& press, Millis now) {
  if (waiting_.size() < kMostWaiting) waiting_.push_back({.press = press, .givenUpAt = now + kPatience});
}

std::size_t PressWriter::write(Octets packet, Millis now) {
  const auto type = static_cast<std::uint8_t>(read8(packet, 1) & 0x7f);
  const std::uint32_t timestamp = read32(packet, 4);
  const std::int32_t step = between(timestamp, timestamp_);
  const std::uint32_t ssrc = read32(packet, 8);
  if (ssrc_ != ssrc) {
    turnTo(ssrc);
  } else if (step > 0 && static_cast<std::uint32_t>(step) < presses_.clockRate) {
    step_ = step;
  }
  timestamp_ = timestamp;
  // A packet too small to hold an event goes as it is, and so does an event of the other side's own.
  if (packet.size() < kEventPacket || type == presses_.type) return packet.size();
  if (duration_ == 0 && !next(timestamp, now)) return packet.size();
  return replace(packet, timestamp);
}

/** Another stream counts its own time: a press that was begun ends with the old one. */
void PressWriter::turnTo(std::uint32_t ssrc) {
  ssrc_ = ssrc;
  duration_ = 0;
  step_ = kUsualStep;
  freeAt_.reset();
}

bool PressWriter::next(std::uint32_t timestamp, Millis now) {
  while (!waiting_.empty() && waiting_.front().givenUpAt < now) waiting_.pop_front();
  if (waiting_.empty()) return false;
  if (freeAt_.has_value() && between(timestamp, *freeAt_) < 0) return false;
  const Press press = waiting_.front().press;
  waiting_.pop_front();
  event_ = press.event;
  // The largest of both, multiplied, just fits.
  const std::uint64_t rounded = (std::uint64_t{press.durationMs} * presses_.clockRate + 500) / 1000;
  duration_ = static_cast<std::int64_t>(std::clamp<std::uint64_t>(rounded, 1, kLongest));
  start_ = timestamp;
  ends_ = 0;
  begun_ = false;
  return true;
}

std::size_t PressWriter::replace(Octets packet, std::uint32_t timestamp) {
  const std::int64_t passed = std::int64_t{between(timestamp, start_)} + step_;
  const bool over = passed >= duration_ || passed < 0 || ends_ > 0;
  const std::int64_t duration = over ? duration_ : passed;
  write8(packet, 0, kVersion);
  write8(packet, 1, static_cast<std::uint8_t>((begun_ ? 0U : kMarker) | presses_.type));
  write32(packet, 4, start_);
  write8(packet, kHeader, event_);
  write8(packet, kHeader + 1, static_cast<std::uint8_t>(over ? kEndBit | kVolume : kVolume));
  write16(packet, kHeader + 2, static_cast<std::uint16_t>(duration));
  begun_ = true;
  if (over && ++ends_ == kEnds) {
    duration_ = 0;
    freeAt_ = timestamp + static_cast<std::uint32_t>(step_) + presses_.clockRate / kPausesASecond;
  }
  return kEventPacket;
}

}  // namespace ringfence
